"""What the API shows of things: one function a kind, as the contracts say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from conditions import quoted
from content_types import content_type_of

if TYPE_CHECKING:
    from datetime import datetime

    from funcyard.access.keys import WorkflowKey
    from funcyard.access.organisation import Organisation
    from funcyard.workflows.declarations import DataProvider, Parameter, Workflow
    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.registry import Fault
    from funcyard.workspace.reading import Entry, Read
    from funcyard.workspace.searching import Match
    from funcyard.workspace.versions.state import Kept

Document = dict[str, Any]
UTF8: Final = "utf-8"
BASE64: Final = "base64"


def moment(value: datetime | None) -> str | None:
    """Return a time as the API tells it: RFC 3339."""
    return None if value is None else value.isoformat(timespec="milliseconds")


def item(entry: Entry, created: datetime | None) -> Document:
    """Return an entry of a listing."""
    return {
        "name": entry.name,
        "path": entry.path,
        "isDirectory": entry.file is None,
        "size": None if entry.file is None else entry.file.size,
        "etag": quoted(entry.etag),
        "lastModified": moment(created),
    }


def file(found: Read, content: str, encoding: str) -> Document:
    """Return a file with its content."""
    return {
        "path": found.entry.path,
        "content": content,
        "encoding": encoding,
        "contentType": content_type_of(found.entry.path),
        "size": len(found.content),
        "lastModified": moment(found.created),
        "etag": quoted(found.entry.etag),
        "version": str(found.version),
    }


def match(found: Match) -> Document:
    """Return a place that a search found."""
    return {
        "path": found.path,
        "line": found.line,
        "column": found.column,
        "text": found.text,
    }


def kept(version: Kept, current: str) -> Document:
    """Return a version that can be rolled back to."""
    return {
        "version": str(version.name),
        "number": version.name.number,
        "createdAt": moment(version.created),
        "kind": version.kind,
        "by": version.by,
        "what": version.what,
        "isCurrent": str(version.name) == current,
    }


def organisation(one: Organisation) -> Document:
    """Return an organisation."""
    return {
        "id": one.id,
        "name": one.name,
        "isActive": one.is_active,
        "createdAt": moment(one.created),
        "createdBy": one.created_by,
    }


def key(one: WorkflowKey) -> Document:
    """Return what is known of a workflow key."""
    return {
        "id": one.id,
        "scope": one.scope,
        "workflow": one.workflow or None,
        "description": one.description,
        "createdAt": moment(one.created),
        "createdBy": one.created_by,
    }


def workflow(one: Workflow, scope: str, version: str) -> Document:
    """Return a workflow."""
    policy = one.retry_policy
    return {
        "name": one.name,
        "description": one.description,
        "category": one.category,
        "tags": list(one.tags),
        "executionMode": one.execution_mode,
        "timeoutSeconds": one.timeout_seconds,
        "retryPolicy": None
        if policy is None
        else {
            "maxAttempts": policy.max_attempts,
            "delaySeconds": policy.delay_seconds,
            "backoff": policy.backoff,
        },
        "schedule": one.schedule or None,
        "endpoint": None
        if not one.endpoint_enabled
        else {
            "methods": list(one.allowed_methods),
            "isPublic": one.public_endpoint,
            "opensToGlobalKey": not one.disable_global_key,
        },
        "parameters": [parameter(each) for each in one.parameters],
        "file": one.place.file,
        "line": one.place.line,
        "scope": scope,
        "version": version,
    }


def provider(one: DataProvider, scope: str, version: str) -> Document:
    """Return a data provider."""
    return {
        "name": one.name,
        "description": one.description,
        "cacheTtlSeconds": one.cache_ttl_seconds,
        "parameters": [parameter(each) for each in one.parameters],
        "file": one.place.file,
        "line": one.place.line,
        "scope": scope,
        "version": version,
    }


def parameter(one: Parameter) -> Document:
    """Return a parameter of a workflow."""
    return {
        "name": one.name,
        "type": one.type,
        "required": one.required,
        "default": one.default,
        "label": one.label,
        "help": one.help,
        "choices": None if one.choices is None else list(one.choices),
        "dataProvider": one.data_provider or None,
    }


def fault(one: Fault, scope: str) -> Document:
    """Return what is wrong in a file."""
    return {
        "scope": scope,
        "file": one.file,
        "line": one.line,
        "kind": one.kind,
        "message": one.message,
    }


def execution(one: Execution) -> Document:
    """Return an execution, without what it returned."""
    failure = one.failure
    return {
        "executionId": one.id,
        "workflow": one.workflow,
        "scope": one.scope,
        "version": one.version or None,
        "status": one.status.value,
        "mode": one.mode,
        "trigger": one.trigger,
        "caller": one.caller,
        "attempt": one.attempt,
        "createdAt": moment(one.created_at),
        "startedAt": moment(one.started_at),
        "finishedAt": moment(one.finished_at),
        "durationMs": one.duration_ms,
        "scheduledFor": one.scheduled_for or None,
        "error": None
        if failure is None
        else {
            "kind": failure.kind,
            "message": failure.message,
            "traceback": failure.traceback or None,
        },
        "notes": list(one.notes),
        "cancelledBy": one.cancelled_by or None,
    }


def result(text: str | None) -> Any:  # noqa: ANN401 - JSON
    """Return what an execution returned."""
    return None if text is None else json.loads(text)
