"""The changes of a registry, as its audit trail names them: what each entry's `version`, `subject`, `old`, `new` are.

| action           | version | subject | old                      | new               |
|------------------|---------|---------|--------------------------|-------------------|
| create_model     |         |         |                          | its description   |
| describe_model   |         |         | description              | description       |
| rename_model     |         |         | name                     | name              |
| delete_model     |         |         | numbers of its versions  |                   |
| tag_model        |         | key     | value                    | value             |
| create_version   | number  |         |                          | source            |
| copy_version     | number  |         |                          | URI of the other  |
| describe_version | number  |         | description              | description       |
| transition       | number  |         | stage                    | stage             |
| archive          | number  |         | stage                    | Archived          |
| delete_version   | number  |         | source                   |                   |
| tag_version      | number  | key     | value                    | value             |
| alias            |         | alias   | number                   | number            |
| protect_model    |         |         | approvers                | approvers         |
| request          | number  | request |                          | the change wanted |
| approve          | number  | request |                          | the change done   |
| refuse           | number  | request | the change not done      |                   |
"""

from __future__ import annotations

CREATE_MODEL, DESCRIBE_MODEL, RENAME_MODEL = "create_model", "describe_model", "rename_model"
DELETE_MODEL, TAG_MODEL = "delete_model", "tag_model"
CREATE_VERSION, COPY_VERSION, DESCRIBE_VERSION = "create_version", "copy_version", "describe_version"
TRANSITION, ARCHIVE, DELETE_VERSION = "transition", "archive", "delete_version"
TAG_VERSION, ALIAS = "tag_version", "alias"
PROTECT_MODEL, REQUEST, APPROVE, REFUSE = "protect_model", "request", "approve", "refuse"
ACTIONS = (
    *(CREATE_MODEL, DESCRIBE_MODEL, RENAME_MODEL, DELETE_MODEL, TAG_MODEL),
    *(CREATE_VERSION, COPY_VERSION, DESCRIBE_VERSION, TRANSITION, ARCHIVE, DELETE_VERSION, TAG_VERSION, ALIAS),
    *(PROTECT_MODEL, REQUEST, APPROVE, REFUSE),
)
