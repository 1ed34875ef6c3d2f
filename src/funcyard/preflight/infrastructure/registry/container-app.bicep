// What avm/res/app/container-app makes of its documented parameters, of all its versions, as far as
// anything is asked of it: https://github.com/Azure/bicep-registry-modules, README.md of the module.
param name string
param environmentResourceId string
param workloadProfileName string = ''
param activeRevisionsMode string = 'Single'
param kind string = ''

param containers array
param initContainersTemplate array = []
param registries array = []
param volumes array = []

// Replicas: three parameters until 0.12, one since.
param scaleMinReplicas int = 3
param scaleMaxReplicas int = 10
param scaleRules array = []
param scaleSettings object = {
  minReplicas: scaleMinReplicas
  maxReplicas: scaleMaxReplicas
  rules: scaleRules
}

// Ingress; traffic is told by four parameters until 0.13, by one since.
param disableIngress bool = false
param ingressExternal bool = true
param ingressTargetPort int = 80
param ingressTransport string = 'auto'
param trafficLatestRevision bool = true
param trafficRevisionName string = ''
param trafficWeight int = 100
param traffic array = [
  {
    latestRevision: trafficLatestRevision
    revisionName: empty(trafficRevisionName) ? null : trafficRevisionName
    weight: trafficWeight
  }
]

resource containerApp 'Microsoft.App/containerApps@2025-01-01' = {
  name: name
  kind: empty(kind) ? null : kind
  properties: {
    environmentId: environmentResourceId
    workloadProfileName: empty(workloadProfileName) ? null : workloadProfileName
    configuration: {
      activeRevisionsMode: activeRevisionsMode
      ingress: disableIngress
        ? null
        : {
            external: ingressExternal
            targetPort: ingressTargetPort
            transport: ingressTransport
            traffic: traffic
          }
      registries: registries
    }
    template: {
      containers: containers
      initContainers: initContainersTemplate
      scale: scaleSettings
      volumes: volumes
    }
  }
}

output name string = containerApp.name
output resourceId string = containerApp.id
