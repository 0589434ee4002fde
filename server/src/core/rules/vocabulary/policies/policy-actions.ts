/** Actions that only look, and those that exist for no single resource. */
export function isReadOnly(action: string): boolean {
  const verb = action.slice(action.indexOf(':') + 1);
  return (
    /^(Get|List|Describe|Head|Lookup|Search|Query|Scan|BatchGet|View|Read|Check|Test|Estimate|Simulate|Filter|Select)/.test(verb) ||
    /^(cloudwatch:PutMetricData|xray:Put\w+|logs:(CreateLogStream|PutLogEvents|CreateLogGroup)|ssmmessages:\w+|sts:GetCallerIdentity|ec2messages:\w+)$/.test(
      action,
    )
  );
}

/** Actions of a cloud that nobody gives as a whole to a program, by the service they belong to. */
export const SERVICE_ACTIONS =
  /^(iam|sts|s3|kms|ec2|rds|rds-data|dynamodb|lambda|sqs|sns|ssm|secretsmanager|organizations|cloudformation|cloudtrail|logs|ecs|eks|ecr|route53|elasticache|es|redshift|glue|athena|kinesis|states|events|apigateway|cloudfront|autoscaling|elasticloadbalancing|backup|batch|cognito-idp|ses|elasticfilesystem|fsx|emr|elasticmapreduce|sagemaker|bedrock|codebuild|codepipeline|wafv2|guardduty|config|account|billing|access-analyzer|acm):\*$/;

/** The statement named its resources until now: an identity that is in use gets all others. */
export function wasNarrow(resources: readonly string[]): boolean {
  return resources.length > 0 && !resources.includes('*');
}
