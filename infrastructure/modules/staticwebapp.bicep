// The web client. Standard: the Free plan has no linked backends.

param name string
param location string
param repositoryUrl string
@secure()
param repositoryToken string
param branch string

resource site 'Microsoft.Web/staticSites@2024-11-01' = {
  name: name
  location: location
  sku: {
    name: 'Standard'
    tier: 'Standard'
  }
  properties: {
    branch: branch
    buildProperties: {
      apiLocation: ''
      appLocation: '/client'
      githubActionSecretNameOverride: 'AZURE_STATIC_WEB_APPS_API_TOKEN'
      outputLocation: 'dist'
      skipGithubActionWorkflowGeneration: true // it has .github/workflows/azure-static-web-apps.yml
    }
    provider: 'GitHub' // else a second deployment is taken for another repository's
    repositoryToken: repositoryToken
    repositoryUrl: repositoryUrl
  }
}

output hostname string = site.properties.defaultHostname
