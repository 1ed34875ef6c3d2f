"""The project of seed 004 whose E16 profile has one node, which a rollout needs twice."""

from __future__ import annotations

import json

MAIN = """\
param environment string = 'dev'
param orchestratorImage string

var suffix = uniqueString(resourceGroup().id, environment)

module containerAppsEnv 'modules/environment.bicep' = {
  name: 'environment-${suffix}'
  params: {
    environmentName: 'haymaker-${environment}-${suffix}-cae'
    workloadProfiles: [
      {
        name: 'E16'
        workloadProfileType: 'E16'
        minimumCount: 1
        maximumCount: environment == 'prod' ? 3 : 1
      }
    ]
  }
}

module orchestrator 'modules/orchestrator.bicep' = {
  name: 'orchestrator-${suffix}'
  params: {
    containerAppName: 'orch-${environment}-${substring(suffix, 0, 10)}'
    environmentId: containerAppsEnv.outputs.environmentId
    containerImage: orchestratorImage
  }
}
"""
ENVIRONMENT = """\
param environmentName string
param workloadProfiles array

resource environment 'Microsoft.App/managedEnvironments@2023-05-01' = {
  name: environmentName
  location: resourceGroup().location
  properties: {
    workloadProfiles: workloadProfiles
    zoneRedundant: false
  }
}

output environmentId string = environment.id
"""
ORCHESTRATOR = """\
param containerAppName string
param environmentId string
param containerImage string

resource orchestratorApp 'Microsoft.App/containerApps@2023-05-01' = {
  name: containerAppName
  location: resourceGroup().location
  properties: {
    environmentId: environmentId
    workloadProfileName: 'E16'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: { external: true, targetPort: 80 }
    }
    template: {
      containers: [
        {
          name: 'orchestrator'
          image: containerImage
          resources: { cpu: json('16'), memory: '128Gi' }
        }
      ]
      scale: { minReplicas: 1, maxReplicas: 1 }
    }
  }
}
"""
APP = """\
import azure.functions as func

app = func.FunctionApp()


@app.route(route="hello")
def hello(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("hello")
"""
HOST = {
    "version": "2.0",
    "extensionBundle": {
        "id": "Microsoft.Azure.Functions.ExtensionBundle",
        "version": "[4.*, 5.0.0)",
    },
}
FILES = {
    "function_app.py": APP,
    "host.json": json.dumps(HOST),
    "requirements.txt": "azure-functions==1.24.0\n",
    "infra/main.bicep": MAIN,
    "infra/modules/environment.bicep": ENVIRONMENT,
    "infra/modules/orchestrator.bicep": ORCHESTRATOR,
}
"""A template with a module for the environment and one for the app, and a small app."""
