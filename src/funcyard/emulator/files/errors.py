"""The errors that Azure Files documents: status, code and message.

From "Common REST API error codes" and "Azure Files error codes" of Microsoft's reference; the codes
of lease conditions are those of exchanges that Microsoft recorded.
"""

from __future__ import annotations

from typing import Final

CATALOGUE: Final[dict[str, tuple[int, str]]] = {
    "AuthenticationFailed": (
        403,
        (
            "Server failed to authenticate the request. Make sure the value of Authorization"
            " header is"
            " formed correctly including the signature."
        ),
    ),
    "AuthorizationPermissionMismatch": (
        403,
        "This request is not authorized to perform this operation using this permission.",
    ),
    "AuthorizationProtocolMismatch": (
        403,
        "This request is not authorized to perform this operation using this protocol.",
    ),
    "AuthorizationResourceTypeMismatch": (
        403,
        "This request is not authorized to perform this operation using this resource type.",
    ),
    "AuthorizationServiceMismatch": (
        403,
        "This request is not authorized to perform this operation using this service.",
    ),
    "AuthorizationSourceIPMismatch": (
        403,
        "This request is not authorized to perform this operation using this source IP.",
    ),
    "CannotVerifyCopySource": (
        404,
        "The specified resource does not exist.",
    ),
    "ConditionHeadersNotSupported": (400, "Condition headers are not supported."),
    "CopyIdMismatch": (409, "The specified copy ID did not match the copy ID for the file."),
    "DirectoryNotEmpty": (409, "The specified directory is not empty."),
    "EmptyMetadataKey": (400, "The key for one of the metadata key-value pairs is empty."),
    "FeatureVersionMismatch": (400, "The operation needs a later version of the service."),
    "FileInvalidPermission": (400, "The specified file permission is not valid."),
    "FileInvalidPermissionKey": (
        400,
        "The specified file permission key does not exist in the share.",
    ),
    "InsufficientAccountPermissions": (
        403,
        (
            "The account being accessed does not have sufficient permissions to execute this"
            " operation."
        ),
    ),
    "InternalError": (
        500,
        "The server encountered an internal error. Please retry the request.",
    ),
    "InvalidAuthenticationInfo": (
        400,
        (
            "Authentication information is not given in the correct format. Check the value of"
            " Authorization header."
        ),
    ),
    "InvalidFileOrDirectoryPathName": (400, "File or directory path is too long."),
    "InvalidHeaderValue": (
        400,
        "The value for one of the HTTP headers is not in the correct format.",
    ),
    "InvalidInput": (400, "One of the request inputs is not valid."),
    "InvalidMd5": (
        400,
        (
            "The MD5 value specified in the request is invalid. MD5 value must be 128 bits and"
            " base64"
            " encoded."
        ),
    ),
    "InvalidMetadata": (
        400,
        "The metadata specified is invalid. It has characters that are not permitted.",
    ),
    "InvalidQueryParameterValue": (
        400,
        "Value for one of the query parameters specified in the request URI is invalid.",
    ),
    "InvalidRange": (416, "The range specified is invalid for the current size of the resource."),
    "InvalidResourceName": (400, "The specified resource name contains invalid characters."),
    "InvalidUri": (400, "The requested URI does not represent any resource on the server."),
    "InvalidXmlDocument": (400, "XML specified is not syntactically valid."),
    "InvalidXmlNodeValue": (
        400,
        "The XML node value specified in the request body is not in the correct format.",
    ),
    "LeaseAlreadyPresent": (409, "There is already a lease present."),
    "LeaseIdMismatchWithFileOperation": (
        412,
        "The lease ID specified did not match the lease ID for the file.",
    ),
    "LeaseIdMismatchWithLeaseOperation": (
        409,
        (
            "The lease ID specified did not match the lease ID for the resource with the specified"
            " lease operation."
        ),
    ),
    "LeaseIdMismatchWithShareOperation": (
        412,
        "The lease ID specified did not match the lease ID for the share.",
    ),
    "LeaseIdMissing": (
        412,
        "There is currently a lease on the resource and no lease ID was specified in the request.",
    ),
    "LeaseIsBreakingAndCannotBeAcquired": (
        409,
        (
            "The lease ID matched, but the lease is currently in breaking state and cannot be"
            " acquired"
            " until it is broken."
        ),
    ),
    "LeaseIsBreakingAndCannotBeChanged": (
        409,
        "The lease ID matched, but the lease is currently in breaking state and cannot be changed.",
    ),
    "LeaseIsBrokenAndCannotBeRenewed": (
        409,
        "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.",
    ),
    "LeaseNotPresentWithFileOperation": (412, "There is currently no lease on the file."),
    "LeaseNotPresentWithLeaseOperation": (409, "There is currently no lease on the resource."),
    "LeaseNotPresentWithShareOperation": (412, "There is currently no lease on the share."),
    "Md5Mismatch": (
        400,
        (
            "The MD5 value specified in the request did not match the MD5 value calculated by the"
            " server."
        ),
    ),
    "MetadataTooLarge": (
        400,
        "The size of the specified metadata exceeds the maximum size permitted.",
    ),
    "MissingContentLengthHeader": (411, "The Content-Length header was not specified."),
    "MissingRequiredHeader": (
        400,
        "An HTTP header that's mandatory for this request is not specified.",
    ),
    "MissingRequiredQueryParameter": (
        400,
        "A query parameter that's mandatory for this request is not specified.",
    ),
    "MissingRequiredXmlNode": (
        400,
        "An XML node that's mandatory for this request is not specified.",
    ),
    "NoAuthenticationInformation": (
        401,
        (
            "Server failed to authenticate the request. Please refer to the information in the"
            " www-authenticate header."
        ),
    ),
    "NoPendingCopyOperation": (409, "There is currently no pending copy operation."),
    "OutOfRangeInput": (400, "One of the request inputs is out of range."),
    "OutOfRangeQueryParameterValue": (
        400,
        (
            "One of the query parameters specified in the request URI is outside the permissible"
            " range."
        ),
    ),
    "ParentNotFound": (404, "The specified parent path does not exist."),
    "PreviousSnapshotNotFound": (409, "The previous snapshot is not found."),
    "ReadOnlyAttribute": (
        409,
        "The specified resource is read-only and cannot be modified at this time.",
    ),
    "RequestBodyTooLarge": (
        413,
        "The request body is too large and exceeds the maximum permissible limit.",
    ),
    "ResourceAlreadyExists": (409, "The specified resource already exists."),
    "ResourceNotFound": (404, "The specified resource does not exist."),
    "ResourceTypeMismatch": (
        409,
        "The specified resource type does not match the type of the existing resource.",
    ),
    "ServerBusy": (503, "The server is currently unable to receive requests."),
    "ShareAlreadyExists": (409, "The specified share already exists."),
    "ShareHasSnapshots": (
        409,
        "The share has snapshots and the operation requires no snapshots.",
    ),
    "ShareNotFound": (404, "The specified share does not exist."),
    "ShareSizeLimitReached": (
        403,
        "The share is full: its quota, or the disk it lies on, allows no more data.",
    ),
    "ShareSnapshotNotFound": (404, "The specified share snapshot does not exist."),
    "ShareSnapshotOperationNotSupported": (
        400,
        "The operation is not supported on a share snapshot.",
    ),
    "UnsupportedHeader": (
        400,
        "One of the headers specified in the request is not supported.",
    ),
    "UnsupportedHttpVerb": (
        405,
        "The resource doesn't support the specified HTTP verb.",
    ),
    "UnsupportedQueryParameter": (
        400,
        "One of the query parameters specified in the request URI is not supported.",
    ),
    "UnsupportedXmlNode": (
        400,
        "One of the XML nodes specified in the request body is not supported.",
    ),
}
"""Code to status and message."""


class StorageError(Exception):
    """What a client is answered where the service refuses.

    Args:
        code: A key of :data:`CATALOGUE`.
        detail: More elements of the body, such as ``HeaderName``, after code and message.
    """

    def __init__(self, code: str, **detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.message = CATALOGUE[code]
        self.detail = detail


def bad_header(name: str, value: str) -> StorageError:
    """Return the refusal of a header's value, which it names."""
    return StorageError("InvalidHeaderValue", HeaderName=name, HeaderValue=value)


def bad_query(name: str, value: str, reason: str = "") -> StorageError:
    """Return the refusal of a query parameter's value, which it names."""
    return StorageError(
        "InvalidQueryParameterValue",
        QueryParameterName=name,
        QueryParameterValue=value,
        **({"Reason": reason} if reason else {}),
    )


def unsupported_header(name: str) -> StorageError:
    """Return the refusal of a header that means something this service does not do."""
    return StorageError("UnsupportedHeader", HeaderName=name)
