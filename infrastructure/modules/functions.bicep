// The Function App: a container on a dedicated plan, its mounts, settings, identity and roles.

param name string
param planName string
param planSku string
param location string
param image string
param storageName string
param vaultName string
param vaultUrl string
param insightsConnectionString string
param workspaceMountPath string
param tmpMountPath string
param workers int
param organizationWorkers int
param workerMemoryMB int
param authentication string
param entraTenantId string
param entraClientId string
param publicUrl string
param clientOrigin string

var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7' // writes tokens: Secrets User only reads

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  kind: 'linux'
  sku: {
    name: planSku
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  kind: 'functionapp,linux,container'
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    clientAffinityEnabled: false
    httpsOnly: true
    serverFarmId: plan.id
    siteConfig: {
      alwaysOn: true
      appSettings: [
        {
          name: 'APPLICATIONINSIGHTS_CONNECTION_STRING'
          value: insightsConnectionString
        }
        {
          name: 'AzureWebJobsStorage__accountName'
          value: storageName
        }
        {
          name: 'AzureWebJobsStorage__credential'
          value: 'managedidentity'
        }
        {
          name: 'FUNCTIONS_EXTENSION_VERSION'
          value: '~4'
        }
        {
          name: 'FUNCTIONS_WORKER_RUNTIME'
          value: 'python'
        }
        {
          name: 'PYTHON_ENABLE_INIT_INDEXING' // without it an app that streams does not load before Python 3.13
          value: '1'
        }
        {
          name: 'WEBSITES_ENABLE_APP_SERVICE_STORAGE' // is about /home, and no mount of ours
          value: 'false'
        }
        {
          name: 'FUNCYARD_AUTH'
          value: authentication
        }
        {
          name: 'FUNCYARD_ENTRA_TENANT'
          value: entraTenantId
        }
        {
          name: 'FUNCYARD_ENTRA_AUDIENCE'
          value: entraClientId
        }
        {
          name: 'FUNCYARD_VAULT_URL'
          value: vaultUrl
        }
        {
          name: 'FUNCYARD_WORKSPACE_PATH'
          value: workspaceMountPath
        }
        {
          name: 'FUNCYARD_TEMPORARY_PATH'
          value: tmpMountPath
        }
        {
          name: 'FUNCYARD_WORKERS'
          value: string(workers)
        }
        {
          name: 'FUNCYARD_ORGANIZATION_WORKERS'
          value: string(organizationWorkers)
        }
        {
          name: 'FUNCYARD_WORKER_MEMORY_MB'
          value: string(workerMemoryMB)
        }
        {
          name: 'FUNCYARD_PUBLIC_URL'
          value: publicUrl
        }
      ]
      cors: {
        allowedOrigins: [
          clientOrigin
        ]
      }
      ftpsState: 'Disabled'
      healthCheckPath: '/api/health/live'
      http20Enabled: true
      linuxFxVersion: 'DOCKER|${image}'
      minTlsVersion: '1.2'
    }
  }
}

// Mounts are this, and none of the settings that are often named for it. They take the account's key
// alone: no role for the data of files is given, as none would open them.
resource mounts 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'azurestorageaccounts'
  properties: {
    workspaces: {
      accessKey: storage.listKeys().keys[0].value
      accountName: storageName
      mountPath: workspaceMountPath
      shareName: 'workspaces'
      type: 'AzureFiles'
    }
    tmp: {
      accessKey: storage.listKeys().keys[0].value
      accountName: storageName
      mountPath: tmpMountPath
      shareName: 'tmp'
      type: 'AzureFiles'
    }
  }
}

resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noScm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource blobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storageName, name, blobDataOwner)
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataOwner)
  }
}

resource queues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storageName, name, queueDataContributor)
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataContributor)
  }
}

resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storageName, name, tableDataContributor)
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableDataContributor)
  }
}

resource secrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vaultName, name, secretsOfficer)
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
  }
}

output id string = app.id
output url string = 'https://${app.properties.defaultHostName}'
