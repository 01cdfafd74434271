"""Who asks, and what they may do.

    passwords.py   Argon2, and the rules of a password
    secrets.py     tokens: made, hashed
    attempts.py    how often somebody may fail to sign in
    signing.py     from a request's headers to a user
    needs.py       what an endpoint needs: roles on what its request names
    policies.py    the table: endpoint -> policy; an endpoint that is not in it is served to nobody
    gate.py        asks who, looks what is needed, and lets in or not: every route is made by it
    browser.py     sessions of browsers: the sign-in page, cookies
    oidc.py        signing in through an OpenID provider

Without users (`Options.auth` is off) the gate asks nobody, and everybody may do everything.
"""
