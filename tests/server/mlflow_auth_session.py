"""The genuine AuthServiceClient's day; prints what came back as one JSON object.

    python mlflow_auth_session.py http://127.0.0.1:5000 EXPERIMENT_ID MODEL_NAME

User and password come as MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from types import ModuleType
from typing import Any

os.environ.update(MLFLOW_HTTP_REQUEST_MAX_RETRIES="0", GIT_PYTHON_REFRESH="quiet")

import mlflow.server
from mlflow.exceptions import MlflowException

# The client's package is the server's, too, whose further requirements are not here: it is entered past its door.
package = ModuleType("mlflow.server.auth")
package.__path__ = [f"{mlflow.server.__path__[0]}/auth"]
sys.modules["mlflow.server.auth"] = package
assert importlib.util.find_spec("mlflow.server.auth.client")

from mlflow.server.auth.client import AuthServiceClient  # noqa: E402 - past the door, which is made above

url, experiment, model = sys.argv[1:4]
client = AuthServiceClient(url)
FIRST, SECOND = "a first long passphrase", "a second long passphrase"


def refused(work: Any) -> str:
    try:
        work()
    except MlflowException as error:
        return str(error.error_code)
    return ""


def held(user: str) -> list[str]:
    """What a user may do on the two, by the genuine client."""
    kinds = (("experiment", experiment), ("registered_model", model))
    return [client.get_user_permission(user, kind, name).permission for kind, name in kinds]


found: dict[str, Any] = {}

made = client.create_user("newton", FIRST)
found["made"] = [made.username, made.is_admin, client.get_user("newton").id == made.id]
found["made twice"] = refused(lambda: client.create_user("newton", FIRST))
found["weak password"] = refused(lambda: client.create_user("leibniz", "short"))
client.update_user_password("newton", SECOND)
client.update_user_admin("newton", True)
found["admin"] = client.get_user("newton").is_admin
client.update_user_admin("newton", False)

found["nothing yet"] = held("newton")
client.grant_user_permission("newton", "experiment", experiment, "READ")
client.grant_user_permission("newton", "registered_model", model, "MANAGE")
found["granted"] = held("newton")
found["allowed"] = [
    client.get_user_permission("newton", "experiment", experiment).allowed,
    client.get_user_permission("newton", "registered_model", model).allowed,
]
client.grant_user_permission("newton", "experiment", experiment, "EDIT")
found["raised"] = held("newton")
client.revoke_user_permission("newton", "registered_model", model)
found["revoked"] = held("newton")
found["wrong"] = [
    refused(lambda: client.grant_user_permission("newton", "experiment", experiment, "ALL")),
    refused(lambda: client.grant_user_permission("newton", "experiment", experiment, "NO_PERMISSIONS")),
    refused(lambda: client.grant_user_permission("newton", "scorer", "x", "READ")),
    refused(lambda: client.grant_user_permission("nobody", "experiment", experiment, "READ")),
    refused(lambda: client.grant_user_permission("newton", "experiment", "987654", "READ")),
]
client.revoke_user_permission("newton", "experiment", experiment)

role = client.create_role("default", "physicists")
found["role"] = [role.name, role.workspace, role.permissions, client.get_role(role.id).name]
added = client.add_role_permission(role.id, "experiment", experiment, "EDIT")
found["permission of a role"] = [added.resource_type, added.resource_pattern == experiment, added.permission]
everywhere = client.add_role_permission(role.id, "workspace", "*", "USE")
found["not a member"] = held("newton")
assignment = client.assign_role("newton", role.id)
found["assigned"] = [assignment.user_id == made.id, assignment.role_id == role.id]
found["a member"] = held("newton")
found["roles"] = [[one.name for one in client.list_user_roles("newton")], len(client.list_role_users(role.id))]
found["changed"] = client.update_role_permission(added.id, "MANAGE").permission
found["permissions"] = [one.permission for one in client.list_role_permissions(role.id)]
client.remove_role_permission(everywhere.id)
found["less"] = [held("newton"), len(client.list_role_permissions(role.id))]
found["renamed"] = client.update_role(role.id, name="scholars").name
found["listed"] = [[one.name for one in client.list_roles("default")], [one.name for one in client.list_all_roles()]]
client.unassign_role("newton", role.id)
found["unassigned"] = [held("newton"), refused(lambda: client.unassign_role("newton", role.id))]
client.delete_role(role.id)
found["gone"] = [refused(lambda: client.get_role(role.id)), refused(lambda: client.list_roles("elsewhere"))]

client.delete_user("newton")
found["deleted"] = refused(lambda: client.get_user("newton"))
print(json.dumps(found))
