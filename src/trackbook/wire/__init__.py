"""MLflow's REST protocol as data: what is said on the wire, apart from who says it.

    messages.py                       what all messages share: field types, tags, page sizes
    experiments.py runs.py metrics.py artifacts.py registry.py logged_models.py
                                      one noun each: its requests and answers, and entities made into answers
    endpoints.py                      the table: method, path, request, answer
    openapi.py                        the table as an OpenAPI description
    users.py permissions.py           what MLflow's AuthServiceClient says
    codec.py                          bytes and query strings <-> messages
    faults.py                         errors <-> error codes and HTTP statuses

Checked against mlflow 3.17.2.  JSON is proto2's: snake_case, fields that are not set and empty lists left out, int64
as numbers that may also be read from text, enums by name, NaN as "NaN".  No server and no client is known here.
"""
