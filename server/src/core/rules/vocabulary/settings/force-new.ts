/**
 * Properties that cannot be changed in place: the tool deletes the resource and makes a new, empty one. By kind of resource, for
 * Terraform (the arguments its providers mark `ForceNew`), CloudFormation ("Update requires: Replacement") and the constructs
 * of CDK over it. The first row of a type counts. Properties are paths' first elements, below `Properties` in a template.
 */
const FORCE_NEW: readonly (readonly [type: RegExp, properties: RegExp])[] = [
  [
    /^aws_(db_instance|rds_cluster|rds_global_cluster|docdb_cluster|neptune_cluster|rds_cluster_instance)$/,
    /^(identifier|identifier_prefix|cluster_identifier|cluster_identifier_prefix|global_cluster_identifier|engine|engine_mode|db_name|name|database_name|username|master_username|availability_zone|availability_zones|storage_encrypted|kms_key_id|db_subnet_group_name|snapshot_identifier|character_set_name|timezone|nchar_character_set_name|source_region)$/,
  ],
  [
    /^aws_redshift_cluster$/,
    /^(cluster_identifier|database_name|master_username|cluster_subnet_group_name|kms_key_id|snapshot_identifier)$/,
  ],
  [/^aws_(dynamodb_table|dynamodb_global_table)$/, /^(name|hash_key|range_key|local_secondary_index(#.*)?|import_table)$/],
  [/^aws_(s3_bucket|s3_directory_bucket|glacier_vault|backup_vault)$/, /^(bucket|bucket_prefix|name|object_lock_enabled|kms_key_arn)$/],
  [
    /^aws_(efs_file_system|fsx_\w+_file_system)$/,
    /^(creation_token|encrypted|kms_key_id|performance_mode|availability_zone_name|deployment_type|subnet_ids|storage_type)$/,
  ],
  [/^aws_ebs_volume$/, /^(availability_zone|encrypted|kms_key_id|snapshot_id)$/],
  [
    /^aws_(elasticache_cluster|elasticache_replication_group|memorydb_cluster)$/,
    /^(cluster_id|replication_group_id|name|engine|subnet_group_name|at_rest_encryption_enabled|kms_key_id|availability_zone|snapshot_arns|snapshot_name)$/,
  ],
  [
    /^aws_(opensearch_domain|elasticsearch_domain|msk_cluster|mq_broker|kinesis_stream|keyspaces_table|timestreamwrite_table|qldb_ledger)$/,
    /^(domain_name|cluster_name|broker_name|name|keyspace_name|table_name|database_name|kms_key_id|engine_type|deployment_mode)$/,
  ],
  [/^aws_cognito_user_pool$/, /^(alias_attributes|username_attributes|username_configuration)$/],
  [/^aws_(secretsmanager_secret|ecr_repository)$/, /^(name|name_prefix|encryption_configuration|kms_key)$/],
  [/^aws_kms_key$/, /^(customer_master_key_spec|key_spec|key_usage|multi_region|custom_key_store_id)$/],
  [/^aws_route53_zone$/, /^(name|delegation_set_id)$/],
  [
    /^google_(sql_database_instance|spanner_instance|alloydb_\w+|bigtable_\w+|filestore_instance|redis_instance)$/,
    /^(name|region|location|project|master_instance_name|encryption_key_name|tier_location|cluster_id|instance_id|zone|database_version_family)$/,
  ],
  [
    /^google_(storage_bucket|bigquery_dataset|bigquery_table|compute_disk|kms_\w+|secret_manager_secret|pubsub_topic|artifact_registry_repository|spanner_database|sql_database|firestore_database)$/,
    /^(name|location|location_id|project|zone|dataset_id|table_id|instance|image|snapshot|secret_id|repository_id|format|database_dialect|purpose|key_ring|type)$/,
  ],
  [
    /^azurerm_\w+$/,
    /^(name|location|resource_group_name|server_id|server_name|account_kind|administrator_login|create_mode|source_server_id|zone|partition_key_paths?|partition_key_path|account_name|database_name|collation|license_type|disk_encryption_set_id|tenant_id|kind|is_hns_enabled|storage_account_name|storage_account_id)$/,
  ],
  [
    /^(mongodbatlas|digitalocean|planetscale|neon|supabase|scaleway|hcloud|linode|confluent|snowflake|cloudflare)_\w+$/,
    /^(name|region|engine|project_id|location|cloud_provider|availability)$/,
  ],
  [
    /^(AWS::(RDS|DocDB|Neptune)::(DBInstance|DBCluster|GlobalCluster))$/,
    /^(DBInstanceIdentifier|DBClusterIdentifier|GlobalClusterIdentifier|Engine|EngineMode|DBName|DatabaseName|MasterUsername|KmsKeyId|StorageEncrypted|AvailabilityZone|AvailabilityZones|DBSubnetGroupName|SnapshotIdentifier|DBSnapshotIdentifier|SourceDBInstanceIdentifier|SourceDBClusterIdentifier|CharacterSetName|Timezone|Port)$/,
  ],
  [/^AWS::Redshift::Cluster$/, /^(ClusterIdentifier|DBName|MasterUsername|ClusterSubnetGroupName|KmsKeyId|SnapshotIdentifier)$/],
  [
    /^AWS::(DynamoDB::(Table|GlobalTable)|Serverless::SimpleTable|Cassandra::Table|Timestream::Table|QLDB::Ledger)$/,
    /^(TableName|KeySchema|LocalSecondaryIndexes|PrimaryKey|ImportSourceSpecification|KeyspaceName|PartitionKeyColumns|ClusteringKeyColumns|DatabaseName|Name)$/,
  ],
  [
    /^AWS::(S3::Bucket|EC2::Volume|EFS::FileSystem|FSx::FileSystem|Backup::BackupVault|Glacier::Vault)$/,
    /^(BucketName|AvailabilityZone|Encrypted|KmsKeyId|PerformanceMode|AvailabilityZoneName|SubnetIds|FileSystemType|BackupVaultName|SnapshotId)$/,
  ],
  [
    /^AWS::(ElastiCache|MemoryDB|OpenSearchService|Elasticsearch|MSK|Kinesis|ECR|SecretsManager|Cognito|KMS|Route53)::\w+$/,
    /^(ReplicationGroupId|ClusterName|CacheSubnetGroupName|AtRestEncryptionEnabled|KmsKeyId|Engine|DomainName|Name|RepositoryName|AliasAttributes|UsernameAttributes|UsernameConfiguration|KeySpec|KeyUsage|SnapshotName|SnapshotArns)$/,
  ],
  [
    /^cdk:([\w$]+\.)*Cfn\w+$/,
    /^(dbInstanceIdentifier|dbClusterIdentifier|engine|dbName|masterUsername|kmsKeyId|storageEncrypted|availabilityZone|dbSubnetGroupName|tableName|keySchema|localSecondaryIndexes|bucketName|domainName|replicationGroupId|clusterName|name|repositoryName|encrypted|performanceMode)$/,
  ],
  [
    /^cdk:([\w$]+\.)*(DatabaseInstance|DatabaseCluster|ServerlessCluster|DatabaseInstanceFromSnapshot|DatabaseClusterFromSnapshot|Cluster)$/,
    /^(instanceIdentifier|clusterIdentifier|instanceIdentifierBase|engine|databaseName|defaultDatabaseName|storageEncrypted|storageEncryptionKey|availabilityZone|subnetGroup|snapshotIdentifier|clusterName)$/,
  ],
  [/^cdk:([\w$]+\.)*(Table|TableV2|GlobalTable)$/, /^(tableName|partitionKey|sortKey)$/],
  [
    /^cdk:([\w$]+\.)*(Bucket|FileSystem|LustreFileSystem|Volume|BackupVault|Repository|Stream|Domain|HostedZone|PublicHostedZone)$/,
    /^(bucketName|fileSystemName|encrypted|kmsKey|performanceMode|availabilityZone|backupVaultName|repositoryName|streamName|domainName|zoneName)$/,
  ],
  [/^cdk:([\w$]+\.)*(Key|Secret|UserPool)$/, /^(keySpec|keyUsage|secretName|signInAliases)$/],
  [
    /^(cdk|pulumi):/,
    /^(identifier|clusterIdentifier|engine|dbName|username|availabilityZone|storageEncrypted|kmsKeyId|hashKey|rangeKey|bucket|tableName|region|location|name|project)$/,
  ],
];

/** True where a change of this property makes the tool delete the resource and make another. */
export function forcesNew(type: string, property: string): boolean {
  return FORCE_NEW.find(([pattern]) => pattern.test(type))?.[1].test(property) ?? false;
}
