"""What rules look at: the apps as imported, their files, and the tree around them.

Everything is read once, and what few rules ask for is read only when one does.
"""

from __future__ import annotations

import asyncio
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.functions.index import survey_app
from funcyard.preflight.code.modules import Modules
from funcyard.preflight.faults import faults_of
from funcyard.preflight.json_file import JsonFile, read_json
from funcyard.preflight.packages.reach import import_roots, reach
from funcyard.preflight.packages.requirements import requirements_of
from funcyard.preflight.sources import Source, sources_below
from funcyard.preflight.surroundings import Surroundings
from funcyard.preflight.workstation import Workstation

if TYPE_CHECKING:
    from funcyard.azure.described_app import DescribedApp
    from funcyard.deployed.answers import Deployed
    from funcyard.functions.survey import Survey
    from funcyard.preflight.faults import Fault
    from funcyard.preflight.image.build import Build
    from funcyard.preflight.image.building import Built
    from funcyard.preflight.image.compose import Service
    from funcyard.preflight.image.registries import Registries
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.reading import Infrastructure
    from funcyard.preflight.packages.brought import Brought
    from funcyard.preflight.packages.needs import Need
    from funcyard.preflight.packages.reach import Reached
    from funcyard.preflight.packages.requirement import Requirements
    from funcyard.preflight.shipping.ways import Way
    from funcyard.preflight.target import Request, Target
    from funcyard.preflight.tree import Tree


_PER_CORE = 2
"""So many apps are imported at once per core: three on two cores then share both to the end."""


class NotImportedYetError(Exception):
    """What importing an app tells was asked for while it is imported: to be asked again later."""


class AppFacts:
    """One app.

    Args:
        root: The checked folder.
        target: What was asked.
        survey: What importing it told; None before it is imported.
        around: What lies around it, to be shared by the apps of one folder.
    """

    def __init__(
        self,
        root: Path,
        target: Target,
        survey: Survey | None = None,
        around: Surroundings | None = None,
    ) -> None:
        self.around = around or Surroundings(root)
        self.name = target.name
        self.directory = target.directory
        self.target = target
        self._survey = survey
        self._root = root

    @property
    def survey(self) -> Survey:
        """What importing it told.

        Raises:
            NotImportedYetError: It is being imported.
        """
        if self._survey is None:
            raise NotImportedYetError(self.name)
        return self._survey

    @survey.setter
    def survey(self, told: Survey) -> None:
        self._survey = told

    def name_of(self, file: str | Path) -> str:
        """Return a path as findings tell it; a relative one is relative to the app."""
        path = self.directory / file
        return Path(os.path.relpath(path, self._root)).as_posix() if file else ""

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The Python files of the app and of its local packages."""
        folders = (self.directory, *self.target.packages)
        paths = dict.fromkeys(path for folder in folders for path in sources_below(folder))
        return tuple(Source(path, self.name_of(path)) for path in paths)

    @cached_property
    def source_by_name(self) -> dict[str, Source]:
        """Those files by their name in findings."""
        return {source.name: source for source in self.sources}

    def text_at(self, name: str, line: int) -> str:
        """Return a line of a source by its name in findings, empty where there is none."""
        source = self.source_by_name.get(name) or Source(self._root / name, name)
        return source.line(line)

    @cached_property
    def modules(self) -> Modules:
        """Those files as modules: what imports mean, what names hold."""
        return Modules(self)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Why it did not load, by cause."""
        return faults_of(self)

    @cached_property
    def imported(self) -> frozenset[str]:
        """Names of the sources that importing the app reached."""
        return frozenset(self.name_of(file) for file in self.survey.modules)

    @cached_property
    def scripts(self) -> tuple[Path, ...]:
        """Where importing it begins: its script, else those of its function.json folders."""
        script = self.directory / self.target.settings.get(
            "PYTHON_SCRIPT_FILE_NAME", "function_app.py"
        )
        if script.is_file():
            return (script,)
        files = sorted(self.directory.glob("*/function.json"))
        return tuple(file.with_name("__init__.py") for file in files if file.is_file())

    @cached_property
    def reached(self) -> dict[Path, Reached]:
        """The sources that importing it or running its functions executes, by path."""
        roots = import_roots(self.directory, self.target.packages)
        return reach(self.scripts, self.sources, roots, self.brought)

    @cached_property
    def loaded(self) -> frozenset[Path]:
        """The sources that importing it executes, were every import to succeed."""
        at_load = (path for path, reached in self.reached.items() if reached.at_load)
        return self.modules.reached() | frozenset(at_load)

    @cached_property
    def brought(self) -> Brought:
        """What it gets from beside its folder."""
        from funcyard.preflight.packages.brought import Brought  # noqa: PLC0415 - it reads these facts

        return Brought(self)

    @cached_property
    def requirements(self) -> Requirements:
        """What it asks to be installed."""
        return requirements_of(self.target, self._root, self.builds)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """The distributions that its code imports, and whether it asks for them."""
        from funcyard.preflight.packages.needs import needs_of  # noqa: PLC0415 - it reads these facts

        return needs_of(self)

    @cached_property
    def builds(self) -> tuple[Build, ...]:
        """What makes its image: none where it has no Dockerfile."""
        return self.around.builds.of(self.target)

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """The ways on which it may be shipped."""
        from funcyard.preflight.shipping.ways import ways_of  # noqa: PLC0415 - it reads these facts

        return tuple(ways_of(self))

    @cached_property
    def host_json(self) -> JsonFile | None:
        """Its host.json."""
        return read_json(self.directory / "host.json", self.name_of("host.json"))

    @cached_property
    def local_settings(self) -> JsonFile | None:
        """Its local.settings.json."""
        name = "local.settings.json"
        return read_json(self.directory / name, self.name_of(name))


class Facts:
    """Everything that rules may ask.

    Args:
        request: What was asked.
        apps: The apps, in the order of the request.
    """

    def __init__(self, request: Request, apps: tuple[AppFacts, ...]) -> None:
        self.root = request.root
        self.request = request
        self.apps = apps
        self.around = apps[0].around if apps else Surroundings(self.root)

    @property
    def tree(self) -> Tree:
        """The files below the checked folder."""
        return self.around.tree

    @cached_property
    def infrastructure(self) -> Infrastructure:
        """The Bicep files and ARM templates below the checked folder, and those that deploy it."""
        from funcyard.preflight.infrastructure.above import deployments_above  # noqa: PLC0415 - asked by few rules
        from funcyard.preflight.infrastructure.reading import Infrastructure  # noqa: PLC0415 - asked by few rules

        live = [self.live] if self.live else []
        return Infrastructure(self.root, self.tree.files, live, lambda: deployments_above(self))

    @cached_property
    def images(self) -> tuple[Built, ...]:
        """The images of the apps, as their Dockerfiles make them."""
        from funcyard.preflight.image.building import built  # noqa: PLC0415 - asked by few rules

        return tuple(built(self.apps))

    @property
    def services(self) -> tuple[Service, ...]:
        """The services of the Compose files below the checked folder."""
        return self.around.services

    @cached_property
    def workstation(self) -> Workstation:
        """This machine."""
        return Workstation(self.request)

    @cached_property
    def deployed(self) -> Deployed | None:
        """The deployed app as it answers; None where none is to be asked, or none can be."""
        online = self.request.online
        if online is None:
            return None
        from funcyard.deployed.asking import ask_app  # noqa: PLC0415 - few runs ask

        url = online.url
        if self.described is not None:
            from funcyard.preflight.infrastructure.live import address_of  # noqa: PLC0415 - few runs ask

            url = address_of(self.described)
        return ask_app(url, online.key) if url else None

    @cached_property
    def registries(self) -> Registries | None:
        """The registries of images; None where they are not to be asked."""
        if not self.request.ask_registries:
            return None
        from funcyard.azure.patience import BUSY_SECONDS, Patience  # noqa: PLC0415 - few runs ask
        from funcyard.preflight.image.registries import Registries  # noqa: PLC0415 - few runs ask

        return Registries(Patience(BUSY_SECONDS, self.request.tell))

    @cached_property
    def described(self) -> DescribedApp | None:
        """The deployed container app as Azure describes it; None where it is not to be asked."""
        online = self.request.online
        if online is None or online.live is None:
            return None
        from funcyard.preflight.describing import described  # noqa: PLC0415 - few runs ask

        return described(online.live, self.request.tell)

    @cached_property
    def live(self) -> Deployment | None:
        """The same as a deployment, None where Azure describes no app."""
        if self.described is None:
            return None
        from funcyard.preflight.infrastructure.live import live_deployment  # noqa: PLC0415 - few runs ask

        return live_deployment(self.described)


async def gather(request: Request) -> Facts:
    """Import every app and return the facts.

    Raises:
        IndexingError: An app's interpreter cannot be started.
    """
    facts = facts_of(request)
    await import_apps(facts)
    return facts


def facts_of(request: Request) -> Facts:
    """Return the facts, of apps that are yet to be imported."""
    around = Surroundings(request.root)
    apps = (AppFacts(request.root, target, around=around) for target in request.targets)
    return Facts(request, tuple(apps))


async def import_apps(facts: Facts) -> None:
    """Import every app and keep what that tells in its facts; see :func:`gather`."""
    slots = asyncio.Semaphore(_PER_CORE * (os.cpu_count() or 1))
    request = facts.request

    async def survey(app: AppFacts) -> None:
        async with slots:
            app.survey = await survey_app(
                app.directory,
                interpreter=app.target.interpreter,
                settings=_environment(request, app.target),
                timeout=request.timeout,
            )

    await asyncio.gather(*map(survey, facts.apps))


def _environment(request: Request, target: Target) -> dict[str, str]:
    """Return the environment that an app is imported with.

    Its local packages are on the path, as where they are installed: they lie in the project.
    """
    environment = {**request.environment, **target.settings}
    packages = map(str, import_roots(target.directory, target.packages)[1:])
    path = [*packages, *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(path)} if path else environment
