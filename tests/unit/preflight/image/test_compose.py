"""Services of Compose files, as people write them."""

from __future__ import annotations

from pathlib import Path

from funcyard.preflight.image.compose import services
from funcyard.preflight.image.dockerfile import Setting

_MERGED = """\
x-app: &app
  image: app:1
  build: {context: .., dockerfile: app/Dockerfile}
  ports: ["127.0.0.1:7071:80"]
services:
  app:
    <<: *app
  other:
    <<: *app
    image: other:2
    environment: {A: b}
"""


def test_what_is_merged_into_a_service_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "docker-compose.yml").write_text(_MERGED)
    app, other = services(tmp_path, ["app/docker-compose.yml"])
    assert (app.name, app.line, app.image) == ("app", 6, Setting("app:1", 7))
    assert (app.context, app.dockerfile) == (".", "app/Dockerfile")
    assert app.ports == (Setting("80", 4),)
    assert other.image == Setting("other:2", 10)
    assert (other.dockerfile, other.environment) == ("app/Dockerfile", {"A": "b"})
