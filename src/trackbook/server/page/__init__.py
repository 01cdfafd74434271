"""The web page: the notebook's own views over the server's store.

    shell.py       the page itself, and the files it is made of, with the headers that let nothing else run in it
    routes.py      one route a question: its method, what it reads, who may ask it
    store.py       the store as one caller may ask it: the second fence, behind the policies of the routes
    questions.py   what the page asks beside what its views ask: who is signed in, what has changed

A view's question is `POST /page/<view>/<method>` with what it is about and its params in one JSON object.  Which there
are stands in `widgets.stored`; who may ask them in `access.policies`, without which the server does not start.
"""
