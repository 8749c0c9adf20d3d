# Deploys what `make package` wrote to dist, in the account and Region of the provider.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

variable "bucket" {
  description = "Bucket for the function's zip, in the Region of the provider."
  type        = string
}

locals {
  dist = "${path.module}/../../dist"
  zip  = one(fileset(local.dist, "key-rotation-*.zip"))
}

resource "aws_s3_object" "zip" {
  bucket = var.bucket
  key    = local.zip
  source = "${local.dist}/${local.zip}"
}

resource "aws_cloudformation_stack" "kms_key_rotation" {
  name          = "kms-key-rotation"
  template_body = file("${local.dist}/template.yaml")
  capabilities  = ["CAPABILITY_IAM"]
  parameters = {
    CodeBucket              = aws_s3_object.zip.bucket
    CodeKey                 = aws_s3_object.zip.key
    MaxRotationPeriodInDays = 365
  }
}

output "function_arn" {
  value = aws_cloudformation_stack.kms_key_rotation.outputs["FunctionArn"]
}
