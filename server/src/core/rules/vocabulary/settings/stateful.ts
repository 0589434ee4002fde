/**
 * Kinds of infrastructure that hold data nobody can make again, by the name their tool gives them, with what a person calls
 * them. Terraform, CloudFormation, Azure's templates, Kubernetes, and constructs of CDK and Pulumi.
 */
const STATEFUL: readonly (readonly [RegExp, string])[] = [
  [
    /^aws_(db_instance|rds_cluster|rds_global_cluster|rds_cluster_instance|docdb_cluster|neptune_cluster|redshift_cluster|dms_.*instance)$/,
    'database',
  ],
  [/^aws_(dynamodb_table|dynamodb_global_table|keyspaces_table|timestreamwrite_table|qldb_ledger)$/, 'table'],
  [/^aws_(s3_bucket|s3_directory_bucket|glacier_vault|backup_vault|s3tables_table_bucket)$/, 'bucket'],
  [/^aws_(efs_file_system|fsx_\w+_file_system|ebs_volume|fsx_volume)$/, 'volume'],
  [
    /^aws_(elasticache_cluster|elasticache_replication_group|memorydb_cluster|opensearch_domain|elasticsearch_domain|msk_cluster|mq_broker|kinesis_stream)$/,
    'store',
  ],
  [
    /^aws_(kms_key|secretsmanager_secret|ecr_repository|cognito_user_pool|route53_zone|cloudhsm_v2_cluster|organizations_account)$/,
    'store',
  ],
  [
    /^google_(sql_database_instance|sql_database|spanner_instance|spanner_database|bigtable_instance|bigtable_table|bigquery_dataset|bigquery_table|firestore_database|alloydb_cluster|alloydb_instance)$/,
    'database',
  ],
  [
    /^google_(storage_bucket|compute_disk|filestore_instance|kms_key_ring|kms_crypto_key|secret_manager_secret|redis_instance|artifact_registry_repository|pubsub_topic|dns_managed_zone|project)$/,
    'store',
  ],
  [
    /^azurerm_(mssql_database|mssql_server|sql_database|postgresql_server|postgresql_flexible_server|postgresql_flexible_server_database|mysql_flexible_server|mysql_server|mariadb_server|cosmosdb_account|cosmosdb_sql_database|cosmosdb_sql_container)$/,
    'database',
  ],
  [
    /^azurerm_(storage_account|storage_container|storage_share|managed_disk|key_vault|key_vault_key|redis_cache|recovery_services_vault|resource_group|kusto_cluster|container_registry|dns_zone)$/,
    'store',
  ],
  [
    /^(digitalocean_(database_cluster|volume|spaces_bucket)|mongodbatlas_(cluster|advanced_cluster|project)|cloudflare_(r2_bucket|d1_database|workers_kv_namespace)|neon_(project|branch|database)|planetscale_database|scaleway_(rdb_instance|object_bucket)|hcloud_volume|linode_(volume|object_storage_bucket)|heroku_addon|elasticstack_\w+|confluent_kafka_(cluster|topic)|snowflake_(database|schema|table)|supabase_project)$/,
    'store',
  ],
  [
    /^postgresql_(database|schema)$|^mysql_database$|^kubernetes_(persistent_volume|persistent_volume_claim|persistent_volume_claim_v1|stateful_set|stateful_set_v1|namespace|namespace_v1)$/,
    'store',
  ],
  [/^AWS::(RDS::(DBInstance|DBCluster|GlobalCluster)|DocDB::DBCluster|Neptune::DBCluster|Redshift::Cluster)$/, 'database'],
  [/^AWS::(DynamoDB::(Table|GlobalTable)|Serverless::SimpleTable|Cassandra::Table|Timestream::Table|QLDB::Ledger)$/, 'table'],
  [/^AWS::(S3::Bucket|EFS::FileSystem|EC2::Volume|FSx::FileSystem|Backup::BackupVault|Glacier::Vault)$/, 'bucket'],
  [
    /^AWS::(KMS::Key|SecretsManager::Secret|ElastiCache::(CacheCluster|ReplicationGroup|ServerlessCache)|MemoryDB::Cluster|OpenSearchService::Domain|Elasticsearch::Domain|MSK::Cluster|Kinesis::Stream|Cognito::UserPool|ECR::Repository|Route53::HostedZone)$/,
    'store',
  ],
  [
    /^Microsoft\.(Sql\/(servers|managedInstances)(\/databases)?|DBfor(PostgreSQL|MySQL|MariaDB)\/(servers|flexibleServers|serverGroupsv2)(\/databases)?|DocumentDB\/(databaseAccounts|mongoClusters)(\/\w+)*)$/i,
    'database',
  ],
  [
    /^Microsoft\.(Storage\/storageAccounts(\/\w+\/(containers|shares))?|Compute\/disks|KeyVault\/vaults(\/keys)?|Cache\/(redis|redisEnterprise)|RecoveryServices\/vaults|Resources\/resourceGroups|Kusto\/clusters|ContainerRegistry\/registries|Network\/dnsZones|NetApp\/netAppAccounts.*\/volumes)$/i,
    'store',
  ],
  [/^(PersistentVolumeClaim|PersistentVolume)$/, 'volume'],
  [/^(StatefulSet|Namespace|CustomResourceDefinition)$/, 'store'],
  [
    /^(Postgresql|Cluster|PostgresCluster|MySQLCluster|InnoDBCluster|PerconaServerMongoDB|PerconaXtraDBCluster|MongoDBCommunity|Kafka|KafkaTopic|Elasticsearch|RedisCluster|CassandraDatacenter|CrdbCluster|TidbCluster)$/,
    'store',
  ],
  [
    /^cdk:([\w$]+\.)*(Cfn)?(DatabaseInstance|DatabaseCluster|ServerlessCluster|DatabaseInstanceFromSnapshot|DatabaseClusterFromSnapshot|DBInstance|DBCluster|DbInstance|RdsCluster|SqlDatabaseInstance|SpannerInstance)$/,
    'database',
  ],
  [/^cdk:([\w$]+\.)*(Cfn)?(Table|TableV2|GlobalTable|DynamodbTable|DynamodbTableV2)$/, 'table'],
  [/^cdk:([\w$]+\.)*(Cfn)?(Bucket|S3Bucket|StorageBucket|BackupVault)$/, 'bucket'],
  [/^cdk:([\w$]+\.)*(Cfn)?(FileSystem|LustreFileSystem|EfsFileSystem|Volume|EbsVolume)$/, 'volume'],
  [
    /^cdk:(([\w$]+\.)*(Cfn)?(Key|KmsKey|Secret|DatabaseSecret|SecretsmanagerSecret|UserPool|Repository|EcrRepository|Domain|OpensearchDomain|ReplicationGroup|CacheCluster|ElasticacheReplicationGroup|Stream|KinesisStream|HostedZone|PublicHostedZone|PrivateHostedZone|PersistentVolumeClaim)|(redshift|msk|neptune|docdb)\.\w*Cluster)$/,
    'store',
  ],
  [
    /^pulumi:(aws\.(rds\.(Instance|Cluster|GlobalCluster)|docdb\.Cluster|neptune\.Cluster|redshift\.Cluster)|gcp\.(sql\.DatabaseInstance|spanner\.\w+|bigtable\.\w+|bigquery\.(Dataset|Table)|alloydb\.\w+)|azure\w*\.(sql|dbforpostgresql|dbformysql|documentdb|cosmosdb|postgresql|mysql|mssql)\.\w*(Server|Database|Account|Container)\w*)$/,
    'database',
  ],
  [
    /^pulumi:(aws\.(dynamodb\.Table|s3\.Bucket(V2)?|efs\.FileSystem|ebs\.Volume|kms\.Key|secretsmanager\.Secret|ecr\.Repository|cognito\.UserPool|elasticache\.\w+|opensearch\.Domain|kinesis\.Stream|msk\.Cluster|backup\.Vault|route53\.Zone)|gcp\.(storage\.Bucket|compute\.Disk|kms\.\w+|redis\.Instance|dns\.ManagedZone|pubsub\.Topic|secretmanager\.Secret)|azure\w*\.(storage\.\w*(Account|Container|Share)|keyvault\.(Vault|KeyVault)|compute\.\w*Disk|resources\.ResourceGroup)|(k8s|kubernetes)\.core\.v1\.(PersistentVolumeClaim|Namespace)|(k8s|kubernetes)\.apps\.v1\.StatefulSet)$/,
    'store',
  ],
];

/** What a person calls it: `database`, `volume`; undefined for what can be made again. */
export function statefulKind(type: string): string | undefined {
  return STATEFUL.find(([pattern]) => pattern.test(type))?.[1];
}
