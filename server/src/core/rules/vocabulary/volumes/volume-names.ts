/** Names of volumes and folders whose content is made again, or is read alone. */
export const PASSING =
  /(^|[-_./])(cache|caches|tmp|temp|scratch|run|sock|logs?|node_modules|vendor|build|dist|target|pip|npm|yarn|pnpm|cargo|gradle|m2|gopath|go-mod|bundle|shm|config|certs?|secrets?|sources?|next|venv)([-_./]|$)/i;

/** Keys of a volume that is there without its pod. */
export const CLAIM =
  /^(persistentVolumeClaim|persistent_volume_claim|efsVolumeConfiguration|efs_volume_configuration|EFSVolumeConfiguration|awsElasticBlockStore|gcePersistentDisk|azureDisk|csi|nfs)$/;

/** Keys under which a workload says which claims are made for each of its pods. */
export const TEMPLATE = /^(volumeClaimTemplates?|volume_claim_template)$/;
