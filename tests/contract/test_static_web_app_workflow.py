"""The workflow that publishes the web client is the one that the infrastructure connects."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from tests.infrastructure_files import ARM, BICEP, PARAMETERS, ROOT, TEMPLATE, deployed, member

_PINNED = re.compile(r"[\w-]+/[\w.-]+@[0-9a-f]{40}")
FILE = ROOT / ".github" / "workflows" / "azure-static-web-apps.yml"
WORKFLOW: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
STEPS = [(job, step) for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def test_it_builds_what_the_infrastructure_says_and_uses_its_secret() -> None:
    for files in (BICEP, [ARM]):
        made = deployed([*files, PARAMETERS[1]])
        [site] = [one for key, one in made.items() if key.startswith("Microsoft.Web/staticSites:")]
        built = member(site.body, "properties", "buildProperties")
        assert member(built, "skipGithubActionWorkflowGeneration").data is True
        secret = member(built, "githubActionSecretNameOverride").data
        uploads = [step["with"] for _, step in STEPS if step.get("with", {}).get("action")]
        assert [one["action"] for one in uploads] == ["upload", "close"]
        for one in uploads:
            assert one["azure_static_web_apps_api_token"] == f"${{{{ secrets.{secret} }}}}"
            assert one["app_location"] == member(built, "appLocation").data
        assert uploads[0]["api_location"] == member(built, "apiLocation").data
        assert uploads[0]["output_location"] == member(built, "outputLocation").data
        branch = member(site.body, "properties", "branch").data
        assert WORKFLOW["on"]["push"]["branches"] == [branch]
    assert TEMPLATE["parameters"]["frontendRepoBranch"]["defaultValue"] == branch


def test_nothing_is_deployed_where_no_static_web_app_is_connected() -> None:
    for job, step in STEPS:
        if step.get("uses", "").startswith("Azure/"):
            assert "env.CONNECTED == 'true'" in step["if"]
            assert job["env"]["CONNECTED"].endswith("API_TOKEN != '' }}")


def test_what_it_uses_is_pinned_to_a_commit_and_it_may_do_little() -> None:
    used = [step["uses"] for _, step in STEPS if "uses" in step]
    assert len(used) == 3
    assert all(_PINNED.fullmatch(one) for one in used)
    assert WORKFLOW["permissions"] == {"contents": "read"}
    granted = [job["permissions"] for job in WORKFLOW["jobs"].values() if "permissions" in job]
    assert granted == [{"contents": "read", "pull-requests": "write"}]
