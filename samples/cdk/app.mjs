// Deploys what `make package` wrote to dist: npx cdk deploy --app 'node app.mjs'
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const zip = readdirSync(dist).find(name => /^key-rotation-.*\.zip$/.test(name));

const app = new App();
const stack = new Stack(app, 'kms-key-rotation');
const code = new Asset(stack, 'Code', { path: `${dist}/${zip}` });
new CfnInclude(stack, 'Rule', {
  templateFile: `${dist}/template.yaml`,
  parameters: { CodeBucket: code.s3BucketName, CodeKey: code.s3ObjectKey, MaxRotationPeriodInDays: 365 },
});
app.synth();
