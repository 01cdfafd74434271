"""Tidy frames and Altair charts of what is stored.

Every chart is an Altair chart that the user can take and change, is drawn without a network, and carries a picture for
pages that have no kernel.  This room reads ports and pandas frames; it knows no widget and asks for nothing live.
"""
