"""What lies in a storage account's blobs, reached by the account's key.

Where what is known of an account is old, its key and address are asked for anew, and the work is
done once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError

from funcyard.deploy.resources.storage_account import blobs_connection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.storage.blob.aio import BlobServiceClient

    from funcyard.deploy.resources.reach import Reach

    Done = TypeVar("Done")

_NOT_LET_IN: Final = (401, 403)


async def in_blobs(
    cloud: Reach, account: str, work: Callable[[BlobServiceClient], Awaitable[Done]]
) -> Done:
    """Do something with the blobs of an account, which may be done again.

    Args:
        cloud: Where it is.
        account: Its id.
        work: What is done.

    Raises:
        AzureNotFoundError: There is no such account, or it has no blobs yet.
        AzureError: What the work raises.
    """

    async def ask() -> str:
        return await blobs_connection(account, cloud)

    is_known = cloud.accounts.is_known(account)
    client = await cloud.accounts.of(account, ask)
    try:
        return await work(client)
    except AzureError as fault:
        if not _may_be_another(fault):
            raise
        cloud.accounts.forget(account, client)
        cloud.addresses.tell(account, None)
        if not is_known:
            raise
    return await work(await cloud.accounts.of(account, ask))


def _may_be_another(fault: AzureError) -> bool:
    """Whether the account may have another key or address by now."""
    if isinstance(fault, HttpResponseError):
        return fault.status_code in _NOT_LET_IN
    return isinstance(fault, ServiceRequestError)
