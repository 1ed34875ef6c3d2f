"""All types of Azure that a deployment knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.deploy.registry import Registry
from funcyard.deploy.resources.app_code import AppCode
from funcyard.deploy.resources.app_settings import AppSettings
from funcyard.deploy.resources.blob_document import BlobDocument
from funcyard.deploy.resources.cosmos_account import CosmosAccount
from funcyard.deploy.resources.cosmos_container import CosmosContainer
from funcyard.deploy.resources.cosmos_database import CosmosDatabase
from funcyard.deploy.resources.digital_twins import DigitalTwins
from funcyard.deploy.resources.event_grid_system_topic import EventGridSystemTopic
from funcyard.deploy.resources.event_grid_topic import EventGridTopic
from funcyard.deploy.resources.event_subscription import EventSubscription
from funcyard.deploy.resources.function_app import FunctionApp
from funcyard.deploy.resources.grafana import Grafana
from funcyard.deploy.resources.grafana_dashboard import GrafanaDashboard
from funcyard.deploy.resources.grafana_data_source import GrafanaDataSource
from funcyard.deploy.resources.host_key import HostKey
from funcyard.deploy.resources.iot_device import IotDevice
from funcyard.deploy.resources.iot_hub import IotHub
from funcyard.deploy.resources.logic_app import LogicApp
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.role_assignment import RoleAssignment
from funcyard.deploy.resources.service_plan import ServicePlan
from funcyard.deploy.resources.storage_account import (
    BlobContainer,
    FileShare,
    Queue,
    StorageAccount,
    Table,
)
from funcyard.deploy.resources.twin import Twin
from funcyard.deploy.resources.twin_model import TwinModel
from funcyard.deploy.resources.twin_relationship import TwinRelationship
from funcyard.deploy.resources.user_assigned_identity import UserAssignedIdentity

if TYPE_CHECKING:
    from funcyard.deploy.resources.reach import Reach

REGISTRY: Final[Registry[Reach]] = Registry(
    [
        AppCode,
        AppSettings,
        BlobContainer,
        BlobDocument,
        CosmosAccount,
        CosmosContainer,
        CosmosDatabase,
        DigitalTwins,
        EventGridSystemTopic,
        EventGridTopic,
        EventSubscription,
        FileShare,
        FunctionApp,
        Grafana,
        GrafanaDashboard,
        GrafanaDataSource,
        HostKey,
        IotDevice,
        IotHub,
        LogicApp,
        Queue,
        ResourceGroup,
        RoleAssignment,
        ServicePlan,
        StorageAccount,
        Table,
        Twin,
        TwinModel,
        TwinRelationship,
        UserAssignedIdentity,
    ]
)
"""The types, by which what is recorded is read and destroyed."""
