"""Templates as tests need them: in Bicep one environment and one container app, ARM of anything."""

from __future__ import annotations

import json

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def arm(*resources: object, **parts: object) -> str:
    """An ARM template of these resources, and whatever else it says."""
    return json.dumps({"$schema": SCHEMA, **parts, "resources": list(resources)}, indent=2)


def bicep(
    *,
    profiles: str = "{ name: 'E16', workloadProfileType: 'E16', maximumCount: 2 }",
    profile: str = "E16",
    cpu: str = "16",
    memory: str = "128Gi",
    scale: str = "minReplicas: 1, maxReplicas: 1",
    mode: str = "Single",
    ingress: str = "targetPort: 80",
    image: str = "registry.azurecr.io/team/api:1",
    name: str = "api",
) -> str:
    """An environment and one app in it; parts are given as Bicep writes them."""
    return f"""\
resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {{
  name: 'cae'
  properties: {{
    workloadProfiles: [
      {profiles}
    ]
  }}
}}
{app(profile, cpu, memory, scale, mode, ingress, image, name)}"""


def app(
    profile: str = "E16",
    cpu: str = "16",
    memory: str = "128Gi",
    scale: str = "minReplicas: 1, maxReplicas: 1",
    mode: str = "Single",
    ingress: str = "targetPort: 80",
    image: str = "registry.azurecr.io/team/api:1",
    name: str = "api",
) -> str:
    """One app in the environment ``environment``."""
    return f"""\
resource {name} 'Microsoft.App/containerApps@2024-03-01' = {{
  name: '{name}-app'
  properties: {{
    environmentId: environment.id
    workloadProfileName: {f"'{profile}'" if profile else "null"}
    configuration: {{
      activeRevisionsMode: '{mode}'
      ingress: {{ {ingress} }}
    }}
    template: {{
      containers: [
        {{
          name: 'main'
          image: '{image}'
          resources: {{ cpu: json('{cpu}'), memory: '{memory}' }}
        }}
      ]
      scale: {{ {scale} }}
    }}
  }}
}}
"""
