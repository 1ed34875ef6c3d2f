"""Lines that give a cause away, as data: what to look for, what it means, what to do about it.

A clue is a cause or a symptom: a symptom is only told where no cause is. Sources are the program
that prints the line, the platform's documentation, or logs that were recorded.
"""

from __future__ import annotations

from dataclasses import dataclass

from funcyard.deployed.log import CONSOLE_LOG

_CHECK = "funcyard check"
_HOST = "azure-functions-host"
_WORKER = "azure-functions-runtime"
_PLATFORM = "https://learn.microsoft.com/azure/container-apps/troubleshoot-deployment-errors"
_EXITS = "https://learn.microsoft.com/azure/container-apps/troubleshoot-container-start-failures"


@dataclass(frozen=True, slots=True)
class Clue:
    """A line to look for.

    Attributes:
        pattern: What the line holds, a regular expression; its groups fill ``means``.
        means: What happened, as words that go on from *the app*.
        next: The command or change that follows.
        source: Where the line comes from.
        is_warning: Whether the app may work all the same.
        symptom: Whether something else causes it, which the log may tell, too.
        follow: How many more lines belong to it.
        by_platform: Whether it is the platform's word: a container that prints it tells of others.
    """

    pattern: str
    means: str
    next: str
    source: str
    is_warning: bool = False
    symptom: bool = False
    follow: int = 0
    by_platform: bool = False


CLUES: tuple[Clue, ...] = (
    # Before the container runs.
    Clue(
        r"ImagePullBackOff|ErrImagePull|ImagePullFailure|ImagePullUnauthorized"
        r"|[Ff]ailed to pull image|pull image failed",
        "its image cannot be pulled, so the container never starts and none of your code runs",
        next="az acr repository show-tags -n REGISTRY --repository IMAGE; does the app's identity"
        " have AcrPull?",
        source=_PLATFORM,
        by_platform=True,
    ),
    Clue(
        r"workload profile has reached its maximum node count|max node group size reached"
        r"|Maximum Allowed Cores exceeded|WorkloadProfileMaximumCoresConstraint|exceeded quota",
        "no node is left for another replica: the old and the new revision do not fit side by side",
        next=f"{_CHECK} --only capacity",
        source="https://learn.microsoft.com/azure/container-apps/quotas",
        by_platform=True,
    ),
    Clue(
        r"exec format error",
        "its image was built for another processor than the one it runs on",
        next="docker build --platform linux/amd64",
        source="execve(2), ENOEXEC",
    ),
    # The container runs, and ends.
    Clue(
        r"OOMKilled|terminated with exit code '?137'?",
        "its container was killed (exit code 137), most often for using more memory than it may",
        next="give the container more memory, or look for what takes it",
        source=_EXITS,
        by_platform=True,
    ),
    Clue(
        r"No space left on device|ENOSPC",
        "a disk is full",
        next="df -h and df -i there; write less, or to a mounted volume",
        source="write(2), ENOSPC",
    ),
    Clue(
        r"ddress already in use|EADDRINUSE",
        "two processes want to listen on one port, and the later one ends",
        next="start only the host in the container; a sidecar needs a port of its own",
        source="bind(2), EADDRINUSE",
    ),
    Clue(
        r"arget ?[Pp]ort (?:\d+ )?does not match the listening port",
        "the ingress sends requests to a port on which nothing listens",
        next=f"{_CHECK} --only image; the Functions host listens on 80",
        source="https://learn.microsoft.com/azure/container-apps/troubleshoot-target-port-settings",
        by_platform=True,
    ),
    # The host runs, and cannot serve.
    Clue(
        r"WorkerConfig for runtime: python not found",
        "the host has no Python worker: the image is not one of Azure Functions for Python",
        next=f"{_CHECK} --only image",
        source=f"{_HOST}: RpcFunctionInvocationDispatcher.InitializeAsync",
    ),
    Clue(
        r"version `(?P<library>GLIBC\w*_[\d.]+)' not found",
        "a package was built for a newer system than the image has: {library} is missing",
        next="install the packages in the image, not on another system",
        source="ld.so(8)",
    ),
    # The worker cannot index the app.
    Clue(
        r"ModuleNotFoundError: No module named '(?P<module>[^'\n]+)'",
        "importing it fails: there is no module {module} in the image",
        next=f"{_CHECK} --only package",
        source=f"{_WORKER}: loader.index_function_app",
    ),
    Clue(
        r"FunctionLoadError: (?P<what>cannot load the .*)",
        "the worker refuses a function, and with it the whole app: {what}",
        next=f"{_CHECK} --only discovery",
        source=f"{_WORKER}: functions.Registry",
    ),
    Clue(
        r"(?P<kind>(?:Syntax|Indentation|Tab)Error): ",
        "importing it fails: a source does not compile ({kind})",
        next=f"{_CHECK} --only source",
        source=f"{_WORKER}: loader.index_function_app",
    ),
    Clue(
        r"Could not find top level function app instances",
        "its script holds no function app",
        next=f"{_CHECK} --only discovery",
        source=f"{_WORKER}: loader.index_function_app",
    ),
    Clue(
        r"More than one .* top level function app instances",
        "its script holds more than one function app, or one under two names",
        next=f"{_CHECK} --only discovery",
        source=f"{_WORKER}: loader.index_function_app",
    ),
    Clue(
        r"Worker failed to index functions",
        "the worker could not index it, so none of its functions is there",
        next=f"{_CHECK}",
        source=f"{_HOST}: GrpcWorkerChannel.ProcessFunctionMetadataResponses",
        symptom=True,
        follow=3,
    ),
    # The host refuses functions.
    Clue(
        r"%(?P<setting>[^%'\n]+)%'? does not resolve to a value",
        "the app setting {setting}, which a binding names, is missing there",
        next=f"{_CHECK} --only settings; az containerapp update --set-env-vars",
        source=f"{_HOST}: DefaultNameResolver",
    ),
    Clue(
        r"The binding type\(s\) '(?P<types>[^'\n]+)' (?:are not registered|were not found)",
        "no installed extension knows the binding {types}",
        next=f"{_CHECK} --only settings: does host.json name an extension bundle?",
        source=f"{_HOST}: FunctionDescriptorProvider.CreateBindingError",
    ),
    Clue(
        r"Function '(?:Functions\.)?(?P<function>[^'\n]+)' failed indexing and will be disabled",
        "the host disabled the function {function}; the lines before say why",
        next=f"{_CHECK} --only settings",
        source="azure-webjobs-sdk: FunctionIndexer",
    ),
    Clue(
        r"A host error has occurred",
        "the host ended with an error and starts again and again",
        next=CONSOLE_LOG,
        source=f"{_HOST}: WebJobsScriptHostService",
        symptom=True,
        follow=2,
    ),
    Clue(
        r"Exceeded language worker restart retry count",
        "its worker ends whenever it is started; the host gives up",
        next=CONSOLE_LOG,
        source=f"{_HOST}: RpcFunctionInvocationDispatcher",
        symptom=True,
    ),
    # Storage.
    Clue(
        r"Unable to (?:access|create client for) AzureWebJobsStorage(?P<code>.*errorCode[^}\n]*)?",
        "its host cannot use AzureWebJobsStorage: HTTP functions answer, timers, keys and durable"
        " functions do not work",
        next=f"{_CHECK} --only settings; does the app's identity have Storage Blob Data Owner?",
        source=f"{_HOST}: WebJobsStorageHealthCheck",
        is_warning=True,
    ),
    Clue(
        r"The listener for function '(?:Functions\.)?(?P<function>[^'\n]+)' was unable to start",
        "the function {function} is not triggered: its listener cannot start",
        next=f"{_CHECK} --only settings",
        source="azure-webjobs-sdk: FunctionListener",
        is_warning=True,
        follow=1,
    ),
    # What its code told of, whatever came of it.
    Clue(
        r"Traceback \(most recent call last\)",
        "its code tells of an exception",
        next=CONSOLE_LOG,
        source="https://docs.python.org/3/library/traceback.html",
        is_warning=True,
        symptom=True,
        follow=8,
    ),
    # What the platform sees of it.
    Clue(
        r"terminated with exit code '?(?P<code>12[5-8]|134|139|255|[1-9]\d?)\b",
        "its container ended with exit code {code}",
        next=CONSOLE_LOG,
        source=_EXITS,
        symptom=True,
        by_platform=True,
    ),
    Clue(
        r"Persistent Fail\w* to start container|ContainerBackOff|CrashLoopBackOff"
        r"|ContainerCrashing",
        "its container ends whenever it is started; what it printed says why",
        next=CONSOLE_LOG,
        source=_PLATFORM,
        symptom=True,
        by_platform=True,
    ),
    Clue(
        r"Probe of (?P<first>\w+) failed|ProbeFailed|failed (?:startup|liveness|readiness) probe",
        "its container does not answer a probe: it is not listening yet, or on another port",
        next=f"{_CHECK} --only image; the Functions host listens on 80",
        source=_PLATFORM,
        is_warning=True,
        symptom=True,
        by_platform=True,
    ),
    Clue(
        r"Deployment Progress Deadline Exceeded",
        "its revision did not become ready in time",
        next=CONSOLE_LOG,
        source=_PLATFORM,
        symptom=True,
        by_platform=True,
    ),
)
"""The clues, from cause to effect."""
