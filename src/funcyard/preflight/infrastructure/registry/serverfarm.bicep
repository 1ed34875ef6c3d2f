// What avm/res/web/serverfarm makes of its documented parameters, of all its versions, as far as
// anything is asked of it: https://github.com/Azure/bicep-registry-modules, README.md of the module.
param name string
param skuName string = 'P1v3'

resource appServicePlan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: name
  sku: {
    name: skuName
  }
}

output name string = appServicePlan.name
output resourceId string = appServicePlan.id
