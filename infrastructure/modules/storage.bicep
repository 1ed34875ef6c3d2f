// One storage account: the shares of the workspaces and of temporary files; blobs, queues and tables.

param name string
param location string
param shareTier string
param workspacesQuotaGB int
param tmpQuotaGB int

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: true // mounts know no identity
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    shareDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource workspaces 'Microsoft.Storage/storageAccounts/fileServices/shares@2025-06-01' = {
  parent: files
  name: 'workspaces'
  properties: {
    accessTier: shareTier
    enabledProtocols: 'SMB'
    shareQuota: workspacesQuotaGB
  }
}

resource tmp 'Microsoft.Storage/storageAccounts/fileServices/shares@2025-06-01' = {
  parent: files
  name: 'tmp'
  properties: {
    accessTier: shareTier
    enabledProtocols: 'SMB'
    shareQuota: tmpQuotaGB
  }
}

output name string = account.name
