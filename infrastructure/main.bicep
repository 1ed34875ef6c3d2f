// The workspace platform in one deployment:
//   az deployment group create -g GROUP -f infrastructure/main.bicep -p infrastructure/parameters/prod.json
// azuredeploy.json beside it is the same as an ARM template; a test holds the two together.

targetScope = 'resourceGroup'

@description('What every name begins with: letters and digits, a letter first.')
@minLength(3)
@maxLength(11)
param baseName string = 'funcyard'

@description('Where everything but the Static Web App lies.')
param location string = resourceGroup().location

@description('Static Web Apps are offered in these regions only.')
@allowed([
  'centralus'
  'eastasia'
  'eastus2'
  'westeurope'
  'westus2'
])
param staticWebAppLocation string = 'westeurope'

@description('The image of the Function App on Docker Hub, by tag or, better, by digest.')
param dockerHubImage string

@description('The plan: one that takes containers. Consumption and Flex Consumption do not.')
@allowed([
  'B1'
  'B2'
  'B3'
  'P0v3'
  'P1v3'
  'P2v3'
  'P3v3'
])
param planSku string = 'P1v3'

@description('The GitHub repository of the web client.')
param frontendGitHubRepoUrl string

@description('A token that may write the secret of the client\'s workflow: fine-grained, Actions, Contents, Secrets and Workflows.')
@secure()
param frontendGitHubToken string

@description('The branch that the client is built from.')
param frontendRepoBranch string = 'main'

@description('The quota of the workspaces\' share, in GiB.')
@minValue(1)
@maxValue(5120)
param workspacesQuotaGB int = 100

@description('The quota of the temporary share, in GiB.')
@minValue(1)
@maxValue(5120)
param tmpQuotaGB int = 50

@description('The access tier of both shares.')
@allowed([
  'Hot'
  'Cool'
  'TransactionOptimized'
])
param storageAccountTier string = 'Hot'

@description('Where the workspaces are mounted.')
param workspaceMountPath string = '/workspace'

@description('Where the temporary share is mounted. Never /tmp: App Service mounts nothing there without the start timing out.')
param tmpMountPath string = '/mounts/tmp'

@description('How many workflows an instance runs at a time: worker processes, beside the app itself.')
@minValue(1)
@maxValue(1000)
param workers int = 8

@description('How many of them one organisation may have.')
@minValue(1)
@maxValue(1000)
param organizationWorkers int = 4

@description('How much memory each of them may take, in MiB; together they have to fit into the plan.')
@minValue(256)
@maxValue(1000000)
param workerMemoryMB int = 1024

@description('Who callers are: entra, by a token of Microsoft Entra ID, sent to the Function App itself; swa, as the Static Web App says, which alone can then call the Function App, but for workflows, which can say that they are anybody.')
@allowed([
  'entra'
  'swa'
])
param authentication string = 'entra'

@description('The tenant whose tokens are taken.')
param entraTenantId string = tenant().tenantId

@description('The application (client) id that tokens are meant for; empty for swa only.')
param entraClientId string

var suffix = uniqueString(resourceGroup().id)
var storageName = '${toLower(replace(baseName, '-', ''))}${suffix}'
var vaultName = '${baseName}-${take(suffix, 8)}'
var functionAppName = '${baseName}-api-${suffix}'
var staticWebAppName = '${baseName}-web-${suffix}'
var linked = authentication == 'swa'
var clientUrl = 'https://${staticWebApp.outputs.hostname}'
var publicUrl = linked ? clientUrl : 'https://${functionAppName}.azurewebsites.net'

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: storageName
    location: location
    shareTier: storageAccountTier
    workspacesQuotaGB: workspacesQuotaGB
    tmpQuotaGB: tmpQuotaGB
  }
}

module insights 'modules/appinsights.bicep' = {
  name: 'appinsights'
  params: {
    name: '${baseName}-insights-${suffix}'
    location: location
  }
}

module vault 'modules/keyvault.bicep' = {
  name: 'keyvault'
  params: {
    name: vaultName
    location: location
  }
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  params: {
    name: functionAppName
    planName: '${baseName}-plan-${suffix}'
    planSku: planSku
    location: location
    image: dockerHubImage
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    vaultUrl: vault.outputs.url
    insightsConnectionString: insights.outputs.connectionString
    workspaceMountPath: workspaceMountPath
    tmpMountPath: tmpMountPath
    workers: workers
    organizationWorkers: organizationWorkers
    workerMemoryMB: workerMemoryMB
    authentication: authentication
    entraTenantId: entraTenantId
    entraClientId: entraClientId
    publicUrl: publicUrl
    clientOrigin: clientUrl
  }
}

module staticWebApp 'modules/staticwebapp.bicep' = {
  name: 'staticwebapp'
  params: {
    name: staticWebAppName
    location: staticWebAppLocation
    repositoryUrl: frontendGitHubRepoUrl
    repositoryToken: frontendGitHubToken
    branch: frontendRepoBranch
  }
}

resource site 'Microsoft.Web/staticSites@2024-11-01' existing = {
  name: staticWebAppName
}

// Linking lets the Function App be called through the Static Web App only, so the webhook goes there, too.
// On that way Authorization is overwritten: tokens of Entra ID would never arrive.
resource link 'Microsoft.Web/staticSites/linkedBackends@2024-11-01' = if (linked) {
  parent: site
  name: 'api'
  properties: {
    backendResourceId: functions.outputs.id
    region: location
  }
}

output functionAppUrl string = functions.outputs.url
output staticWebAppUrl string = clientUrl
output githubWebhookUrl string = '${publicUrl}/api/github-webhook'
output keyVaultName string = vault.outputs.name
output storageAccountName string = storage.outputs.name
