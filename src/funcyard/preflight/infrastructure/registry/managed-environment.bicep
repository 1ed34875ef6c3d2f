// What avm/res/app/managed-environment makes of its documented parameters, of all its versions, as
// far as anything is asked of it: https://github.com/Azure/bicep-registry-modules, README.md of it.
param name string
param workloadProfiles array = []

resource managedEnvironment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: name
  properties: {
    workloadProfiles: empty(workloadProfiles) ? null : workloadProfiles
  }
}

output name string = managedEnvironment.name
output resourceId string = managedEnvironment.id
