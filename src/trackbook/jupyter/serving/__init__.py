"""What the Jupyter server answers from a notebook's store: one noun per module, each a function of a `Place`."""
