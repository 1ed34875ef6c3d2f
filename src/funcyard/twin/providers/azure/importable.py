"""What code of a twin's owner can import in an app: the standard library, and what is installed.

An app installs exactly its ``requirements.txt``, which is the same for every twin, so what can be
imported there is known without installing it.
"""

from __future__ import annotations

import sys
from typing import Final

MODULES: Final = {
    "aiohappyeyeballs": ("aiohappyeyeballs",),
    "aiohttp": ("aiohttp",),
    "aiosignal": ("aiosignal",),
    "attrs": ("attr", "attrs"),
    "azure-core": ("azure.core",),
    "azure-cosmos": ("azure.cosmos",),
    "azure-digitaltwins-core": ("azure.digitaltwins.core",),
    "azure-functions": ("azure.functions",),
    "azure-identity": ("azure.identity",),
    "azure-iot-hub": ("azure.iot.hub",),
    "azure-storage-blob": ("azure.storage.blob",),
    "certifi": ("certifi",),
    "cffi": ("cffi",),
    "charset-normalizer": ("charset_normalizer",),
    "cryptography": ("cryptography",),
    "frozenlist": ("frozenlist",),
    "idna": ("idna",),
    "isodate": ("isodate",),
    "markupsafe": ("markupsafe",),
    "msal": ("msal",),
    "msal-extensions": ("msal_extensions",),
    "msrest": ("msrest",),
    "multidict": ("multidict",),
    "oauthlib": ("oauthlib",),
    "propcache": ("propcache",),
    "pycparser": ("pycparser",),
    "pyjwt": ("jwt",),
    "requests": ("requests",),
    "requests-oauthlib": ("requests_oauthlib",),
    "six": ("six",),
    "typing-extensions": ("typing_extensions",),
    "uamqp": ("uamqp",),
    "urllib3": ("urllib3",),
    "werkzeug": ("werkzeug",),
    "yarl": ("yarl",),
}
"""The modules of each package that an app installs."""

_SHIPPED: Final = (
    "funcyard.twin.contract",
    "funcyard.twin.providers.azure.azure_functions.shared",
    "funcyard.twin.rules",
)
_NOT_THERE: Final = frozenset({"annotationlib", "compression", "msvcrt", "winreg", "winsound"})
"""Of the standard library, what is only in a newer Python than an app's, or on Windows."""
_ONLY_THERE: Final = frozenset(
    {
        *("aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils"),
        *("imghdr", "imp", "lib2to3", "mailcap", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd"),
        *("sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
    }
)
"""What was in the standard library of an app's Python, 3.11, and no newer one has."""
_THERE: Final = (*_SHIPPED, *(module for modules in MODULES.values() for module in modules))


def can_import(module: str) -> bool:
    """Tell whether an app has a module, by its dotted name.

    Of the standard library and of what is shipped the top is looked at, not what lies in it.
    """
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names | _ONLY_THERE:
        return top not in _NOT_THERE
    return _is_there(module) or is_namespace(module)


def is_namespace(module: str) -> bool:
    """Tell whether a module holds others that an app has, and nothing of its own."""
    return not _is_there(module) and any(there.startswith(f"{module}.") for there in _THERE)


def _is_there(module: str) -> bool:
    return any(f"{module}.".startswith(f"{there}.") for there in _THERE)
