"""What is asked of GitHub's API, and what is understood of its answers, by GitHub's description."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.github_description import Exchange, description
from tests.github_stand_in import GitHubStandIn, Refusal

from funcyard.workspace.git import RepositoryUrl, Token
from funcyard.workspace.github.client import GitHub
from funcyard.workspace.github.errors import (
    GitHubError,
    GitHubForbiddenError,
    GitHubInvalidError,
    GitHubMovedError,
    GitHubNotFoundError,
    GitHubRateLimitedError,
    GitHubUnauthorizedError,
    GitHubUnreachableError,
)

SECRET = "github_pat_0123456789ABCDEF"  # noqa: S105 - opens only what is served here
TOKEN = Token(SECRET)
URL = RepositoryUrl.parse("https://github.com/octocat/Hello-World.git")
DELIVERS_TO = "https://platform.example.com/api/github-webhook?connection=GLOBAL"


@pytest.fixture
def server() -> Iterator[GitHubStandIn]:
    with GitHubStandIn(SECRET) as running:
        running.add("octocat/Hello-World", 1296269)
        yield running
    assert running.faults == []


@pytest.fixture
async def github(server: GitHubStandIn) -> AsyncIterator[GitHub]:
    async with GitHub(server.url, patience=2) as opened:
        yield opened


def test_the_description_would_see_a_fault() -> None:
    headers = {"x-github-api-version": "2026-03-10"}
    place = "/repos/octocat/Hello-World/hooks"
    wrong = [
        Exchange("POST", place, "", headers, {"config": {"url": 5}}, 201, {"id": "x"}),
        Exchange("POST", place, "", headers, {"event": ["push"]}, 404, None),
        Exchange("GET", place, "size=1", headers, None, 200, []),
        Exchange("GET", place, "", {}, None, 200, []),
        Exchange("PUT", place, "", headers, None, 200, []),
        Exchange("GET", place, "", headers, None, 418, []),
    ]

    assert [bool(description().faults(one)) for one in wrong] == [True] * len(wrong)


async def test_a_repository_is_seen(github: GitHub) -> None:
    found = await github.repository(URL, TOKEN)

    assert (found.id, found.full_name) == (1296269, "octocat/Hello-World")


async def test_a_webhook_is_made_found_changed_pinged_and_removed(
    server: GitHubStandIn, github: GitHub
) -> None:
    assert await github.find_hook(URL, DELIVERS_TO, TOKEN) is None
    made = await github.create_hook(URL, DELIVERS_TO, "s" * 40, TOKEN)
    assert await github.find_hook(URL, DELIVERS_TO, TOKEN) == made
    await github.update_hook(URL, made.id, DELIVERS_TO, "t" * 40, TOKEN)
    await github.ping_hook(URL, made.id, TOKEN)
    kept = server.repositories["octocat/Hello-World"].hooks[made.id]
    await github.delete_hook(URL, made.id, TOKEN)
    await github.delete_hook(URL, made.id, TOKEN)

    assert kept["config"] == {
        "url": DELIVERS_TO,
        "content_type": "json",
        "secret": "t" * 40,
        "insecure_ssl": "0",
    }
    assert (kept["events"], kept["active"]) == (["push"], True)
    assert server.repositories["octocat/Hello-World"].hooks == {}


async def test_a_webhook_on_a_later_page_is_found(server: GitHubStandIn, github: GitHub) -> None:
    server.page = 2
    for number in range(5):
        await github.create_hook(URL, f"https://example.com/{number}", "s" * 40, TOKEN)

    assert await github.find_hook(URL, "https://example.com/4", TOKEN) is not None
    assert len(server.calls("GET")) == 3


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal(403, message="Resource not accessible by token"), GitHubForbiddenError),
        (Refusal(404), GitHubNotFoundError),
        (Refusal(422), GitHubInvalidError),
        (Refusal(500), GitHubUnreachableError),
        (Refusal(torn=True), GitHubUnreachableError),
        (Refusal(429, {"Retry-After": "3600"}), GitHubRateLimitedError),
        (Refusal(403, {"Retry-After": "90"}), GitHubRateLimitedError),
        (Refusal(429), GitHubRateLimitedError),
    ],
)
async def test_what_github_refuses_is_told_by_its_kind(
    server: GitHubStandIn, github: GitHub, refusal: Refusal, kind: type[GitHubError]
) -> None:
    server.answers = [refusal] * 3

    with pytest.raises(kind) as raised:
        await github.create_hook(URL, DELIVERS_TO, "s" * 40, TOKEN)

    assert type(raised.value) is kind
    assert len(server.calls("POST")) == 1, "what may have made something is not sent twice"


async def test_a_wrong_token_a_renamed_repository_and_a_missing_one_are_told_apart(
    server: GitHubStandIn, github: GitHub
) -> None:
    with pytest.raises(GitHubUnauthorizedError):
        await github.repository(URL, Token("ghp_wrong"))
    with pytest.raises(GitHubNotFoundError):
        await github.repository(RepositoryUrl.parse("https://github.com/octocat/none"), TOKEN)
    server.repositories["octocat/Hello-World"].moved = True
    with pytest.raises(GitHubMovedError):
        await github.repository(URL, TOKEN)


async def test_a_short_limit_is_waited_for_and_a_broken_answer_asked_for_again(
    server: GitHubStandIn, github: GitHub
) -> None:
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1)}
    server.answers = [Refusal(403, reset), Refusal(502)]

    assert (await github.repository(URL, TOKEN)).id == 1296269
    assert len(server.calls("GET")) == 3


async def test_a_long_limit_says_how_long(server: GitHubStandIn, github: GitHub) -> None:
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1000)}
    server.answers = [Refusal(403, reset)]

    with pytest.raises(GitHubRateLimitedError) as raised:
        await github.repository(URL, TOKEN)

    assert 900 < raised.value.seconds <= 1000


async def test_the_token_is_in_no_message_and_no_log(
    server: GitHubStandIn, github: GitHub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers = [Refusal(403, message=f"the token {SECRET} is odd")]

    with pytest.raises(GitHubForbiddenError) as raised:
        await github.repository(URL, TOKEN)

    assert SECRET not in str(raised.value)
    assert SECRET not in caplog.text


async def test_a_next_page_elsewhere_is_not_asked_for(
    server: GitHubStandIn, github: GitHub
) -> None:
    server.next_page = '<http://127.0.0.1:1/repos/octocat/Hello-World/hooks>; rel="next"'

    assert await github.find_hook(URL, DELIVERS_TO, TOKEN) is None
    assert len(server.exchanges) == 1


def test_a_token_goes_to_the_api_of_its_own_host_only() -> None:
    github = GitHub()

    assert github.knows(URL)
    assert github.knows(RepositoryUrl.parse("https://www.github.com/octocat/Hello-World"))
    assert not github.knows(RepositoryUrl.parse("https://git.example.com/octocat/Hello-World"))
    assert not github.knows(RepositoryUrl.parse("http://127.0.0.1:8080/octocat/Hello-World"))
