// What avm/res/web/site makes of its documented parameters, of all its versions, as far as anything
// is asked of it: https://github.com/Azure/bicep-registry-modules, README.md of the module.
param name string
param kind string
param tags object = {}
param serverFarmResourceId string = ''
param siteConfig object = {}
param functionAppConfig object = {}

// App settings: four parameters until 0.15, one item of configs since.
param appSettingsKeyValuePairs object = {}
param storageAccountResourceId string = ''
param storageAccountUseIdentityAuthentication bool = false
param appInsightResourceId string = ''
param configs array = [
  {
    name: 'appsettings'
    properties: appSettingsKeyValuePairs
    storageAccountResourceId: storageAccountResourceId
    storageAccountUseIdentityAuthentication: storageAccountUseIdentityAuthentication
    applicationInsightResourceId: appInsightResourceId
  }
]

var given = filter(configs, config => config.name == 'appsettings')
var replacing = filter(given, config => !(config.?retainCurrentAppSettings ?? true))
var written = toObject(siteConfig.?appSettings ?? [], setting => setting.name, setting => setting.?value)

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  kind: kind
  tags: tags
  properties: {
    serverFarmId: serverFarmResourceId
    siteConfig: siteConfig
    functionAppConfig: empty(functionAppConfig) ? null : functionAppConfig
  }
}

// What the site has already is kept, unless the module is told not to. A setting that is null is
// none; the account and the component stand for what is made of them.
resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = if (!empty(given)) {
  parent: app
  name: 'appsettings'
  properties: reduce(given, empty(replacing) ? written : {}, (all, config) => union(
    {
      AzureWebJobsStorage: empty(config.?storageAccountResourceId) || (config.?storageAccountUseIdentityAuthentication ?? false)
        ? null
        : config.storageAccountResourceId
      AzureWebJobsStorage__accountName: empty(config.?storageAccountResourceId) || !(config.?storageAccountUseIdentityAuthentication ?? false)
        ? null
        : config.storageAccountResourceId
      APPLICATIONINSIGHTS_CONNECTION_STRING: empty(config.?applicationInsightResourceId)
        ? null
        : config.applicationInsightResourceId
    },
    all,
    config.?properties ?? {}
  ))
}

output name string = app.name
output resourceId string = app.id
