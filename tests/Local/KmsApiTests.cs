using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class KmsApiTests : LocalAwsFixture
{
    [TestCase(0, 1)]
    [TestCase(99, 1)]
    [TestCase(100, 1)]
    [TestCase(101, 2)]
    [TestCase(250, 3)]
    public async Task Keys_are_listed_in_pages_of_100(int keys, int pages)
    {
        Account.Put(Accounts.Keys(keys));
        var request = new ListKeysRequest();
        var ids = new List<string>();
        do
        {
            var page = await Kms.ListKeysAsync(request);
            ids.AddRange((page.Keys ?? []).Select(key => key.KeyId));
            request.Marker = page.NextMarker;
        }
        while (request.Marker is not null);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ids, Is.EquivalentTo(Account.Keys.Select(key => key.KeyId)));
            Assert.That(Aws.Calls["kms:ListKeys"], Is.EqualTo(pages));
        }
    }

    [Test]
    public async Task Key_removed_between_pages_hides_no_other_key()
    {
        Account.Put(Accounts.Keys(150));
        var first = await Kms.ListKeysAsync(new ListKeysRequest());
        Account.Remove(first.Keys[0].KeyId);
        Account.Remove(first.Keys[99].KeyId);

        var second = await Kms.ListKeysAsync(new ListKeysRequest { Marker = first.NextMarker });

        Assert.That(second.Keys, Has.Count.EqualTo(50));
    }

    [TestCase("ListKeys", """{"Limit":0}""", "ValidationException")]
    [TestCase("ListKeys", """{"Limit":1001}""", "ValidationException")]
    [TestCase("ListKeys", """{"Limit":"ten"}""", "SerializationException")]
    [TestCase("ListKeys", """{"Marker":"made up"}""", "InvalidMarkerException")]
    [TestCase("ListKeys", """{"MaxItems":3}""", "SerializationException")]
    [TestCase("ListKeys", "[]", "SerializationException")]
    [TestCase("ListKeys", "{", "SerializationException")]
    [TestCase("DeleteEverything", "{}", "UnknownOperationException")]
    public async Task Invalid_request_is_rejected(string operation, string body, string error) =>
        Assert.That((await PostAsync($"TrentService.{operation}", body)).Error, Is.EqualTo(error));

    [Test]
    public async Task Key_is_described_by_ID_and_by_ARN()
    {
        var key = Account.Put(LocalKey.Symmetric() with { Description = "orders" });

        using (Assert.EnterMultipleScope())
        {
            foreach (var name in new[] { key.KeyId, Account.Arn(key.KeyId) })
            {
                var described = (await Kms.DescribeKeyAsync(name)).KeyMetadata;
                Assert.That(
                    (described.KeyId, described.Description, described.CreationDate!.Value.ToUniversalTime()),
                    Is.EqualTo((key.KeyId, "orders", key.CreationDate.UtcDateTime)),
                    name);
            }
        }
    }

    [TestCase("00000000-0000-0000-0000-000000000000", "NotFoundException")]
    [TestCase("alias/nothing", "NotFoundException")]
    [TestCase("arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000", "NotFoundException")]
    [TestCase("arn:aws:kms:eu-central-1:444455556666:key/00000000-0000-0000-0000-000000000000", "AccessDeniedException")]
    [TestCase("arn:aws:s3:::bucket", "InvalidArnException")]
    public void Unknown_key_is_not_described(string name, string error) =>
        Assert.That(() => Kms.DescribeKeyAsync(name), ThrowsError(error));

    private static IEnumerable<TestCaseData> Statuses =>
    [
        new TestCaseData(LocalKey.Symmetric(), false, null).SetArgDisplayNames("symmetric, off"),
        new TestCaseData(LocalKey.Symmetric(rotates: true), true, 365).SetArgDisplayNames("symmetric, on"),
        new TestCaseData(LocalKey.Symmetric(rotates: true, 90), true, 90).SetArgDisplayNames("symmetric, 90 days"),
        new TestCaseData(LocalKey.Symmetric(rotates: null), null, null).SetArgDisplayNames("no flag"),
        new TestCaseData(LocalKey.AwsManaged(), true, 365).SetArgDisplayNames("AWS managed"),
        new TestCaseData(LocalKey.Asymmetric(), false, null).SetArgDisplayNames("asymmetric"),
        new TestCaseData(LocalKey.Hmac(), false, null).SetArgDisplayNames("HMAC"),
        new TestCaseData(LocalKey.Disabled(rotates: true), true, 365).SetArgDisplayNames("disabled, on"),
        new TestCaseData(LocalKey.OfOrigin("EXTERNAL"), false, null).SetArgDisplayNames("imported"),
        new TestCaseData(LocalKey.PendingDeletion(rotates: true), false, null).SetArgDisplayNames("pending deletion"),
        new TestCaseData(LocalKey.Primary(rotates: true, 180) with { KeyState = "PendingReplicaDeletion" }, true, 180)
            .SetArgDisplayNames("pending replica deletion"),
    ];

    [TestCaseSource(nameof(Statuses))]
    public async Task Rotation_status_depends_on_the_kind_of_key(LocalKey key, bool? enabled, int? period)
    {
        Account.Put(key);

        var status = await Kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = Account.Arn(key.KeyId) });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.KeyRotationEnabled, Is.EqualTo(enabled));
            Assert.That(status.RotationPeriodInDays, Is.EqualTo(period));
            Assert.That(status.NextRotationDate > DateTime.UtcNow, Is.EqualTo(enabled == true));
        }
    }

    [TestCase("EXTERNAL", "PendingImport")]
    [TestCase("AWS_CLOUDHSM", "Enabled")]
    [TestCase("EXTERNAL_KEY_STORE", "Enabled")]
    public void Pending_import_and_key_stores_have_no_status(string origin, string state)
    {
        var key = Account.Put(LocalKey.OfOrigin(origin) with { KeyState = state });

        Assert.That(
            () => Kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = key.KeyId }),
            Throws.InstanceOf<UnsupportedOperationException>());
    }

    [Test]
    public async Task Replica_has_the_rotation_of_its_primary_key()
    {
        var replica = Account.Put(LocalKey.Replica("eu-west-1", rotates: false));
        var primary = Aws.Add(new LocalAccount(Account.Id, "eu-west-1"));
        primary.Put(LocalKey.Primary(rotates: true, periodInDays: 180) with { KeyId = replica.KeyId });
        using var there = KmsAs(Account.Credentials, primary.Region);

        var status = await Kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = replica.KeyId });
        var described = (await Kms.DescribeKeyAsync(replica.KeyId)).KeyMetadata;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((status.KeyRotationEnabled, status.RotationPeriodInDays), Is.EqualTo((true, 180)));
            Assert.That(described.MultiRegionConfiguration.PrimaryKey.Arn, Is.EqualTo(primary.Arn(replica.KeyId)));
            Assert.That(described.CurrentKeyMaterialId, Is.Not.Null.And.EqualTo(await MaterialAsync(there, replica)));
            Assert.That(await RotationsAsync(replica), Is.Not.Empty.And.Count.EqualTo((await RotationsAsync(replica, there)).Count));
        }
    }

    [Test]
    public async Task Key_rotates_at_the_end_of_each_period()
    {
        var key = Account.Put(LocalKey.Symmetric(rotates: true, periodInDays: 90) with { CreationDate = Clock.GetUtcNow().AddDays(-200) });
        var rotations = await RotationsAsync(key);
        var first = await MaterialAsync(Kms, key);

        // The SDK signs with the system time, which differs from the clock of the local AWS from here on.
        Aws.Signature.IsVerified = false;
        Clock.Advance(TimeSpan.FromDays(70));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rotations.Select(rotation => rotation.RotationType.Value), Is.EqualTo(["AUTOMATIC", "AUTOMATIC"]));
            Assert.That(
                rotations.Select(rotation => (Clock.GetUtcNow().UtcDateTime - rotation.RotationDate!.Value.ToUniversalTime()).TotalDays),
                Is.EqualTo([180.0, 90.0]).Within(0.001));
            Assert.That(await RotationsAsync(key), Has.Count.EqualTo(3));
            Assert.That(first, Is.EqualTo(rotations[^1].KeyMaterialId));
            Assert.That(await MaterialAsync(Kms, key), Is.EqualTo((await RotationsAsync(key))[^1].KeyMaterialId));
        }
    }

    [Test]
    public async Task Rotations_are_paged_and_can_include_first_material()
    {
        var rotations = Enumerable.Range(1, 5).Select(day => new LocalRotation(Clock.GetUtcNow().AddDays(-day)));
        var key = Account.Put(LocalKey.Symmetric() with { PastRotations = [.. rotations] });

        var page = await Kms.ListKeyRotationsAsync(new ListKeyRotationsRequest { KeyId = key.KeyId, Limit = 2 });
        var next = await Kms.ListKeyRotationsAsync(new ListKeyRotationsRequest { KeyId = key.KeyId, Limit = 3, Marker = page.NextMarker });
        var all = await Kms.ListKeyRotationsAsync(
            new ListKeyRotationsRequest { KeyId = key.KeyId, IncludeKeyMaterial = IncludeKeyMaterial.ALL_KEY_MATERIAL });

        using (Assert.EnterMultipleScope())
        {
            Assert.That((page.Rotations.Count, page.Truncated), Is.EqualTo((2, (bool?)true)));
            Assert.That((next.Rotations.Count, next.Truncated), Is.EqualTo((3, (bool?)false)));
            Assert.That(page.Rotations.Concat(next.Rotations).Select(rotation => rotation.RotationDate), Is.Ordered);
            Assert.That(page.Rotations.Select(rotation => rotation.RotationType.Value), Is.All.EqualTo("ON_DEMAND"));
            Assert.That(all.Rotations.FindIndex(rotation => rotation.RotationDate is not null), Is.EqualTo(1));
            Assert.That(all.Rotations[^1].KeyMaterialId, Is.EqualTo(await MaterialAsync(Kms, key)));
        }
    }

    [Test]
    public async Task Keys_that_KMS_cannot_rotate_have_no_rotations()
    {
        var hmac = Account.Put(LocalKey.Hmac());
        var hsm = Account.Put(LocalKey.OfOrigin("AWS_CLOUDHSM"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await RotationsAsync(hmac), Is.Empty);
            Assert.That(() => RotationsAsync(hsm), Throws.TypeOf<UnsupportedOperationException>());
            Assert.That(await MaterialAsync(Kms, hmac), Is.Null);
        }
    }

    [Test]
    public async Task Tags_and_aliases_are_listed()
    {
        var tags = new Dictionary<string, string> { ["team"] = "orders", ["env"] = "test" };
        var key = Account.Put(LocalKey.Symmetric() with { Aliases = ["alias/b", "alias/a"], Tags = tags });
        Account.Put(LocalKey.Symmetric() with { Aliases = ["alias/c"] });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (await Kms.ListResourceTagsAsync(new ListResourceTagsRequest { KeyId = key.KeyId })).Tags.Select(tag => $"{tag.TagKey}={tag.TagValue}"),
                Is.EqualTo(["env=test", "team=orders"]));
            Assert.That(
                (await Kms.ListAliasesAsync(new ListAliasesRequest { KeyId = key.KeyId })).Aliases.Select(alias => alias.AliasName),
                Is.EqualTo(["alias/a", "alias/b"]));
            Assert.That((await Kms.ListAliasesAsync(new ListAliasesRequest { Limit = 2 })).Truncated, Is.True);
        }
    }

    [Test]
    public void Generated_account_is_stable_and_has_every_kind()
    {
        var keys = Accounts.Generated(250).Keys;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(keys.Select(key => key.KeyId).Order(), Is.EqualTo(Accounts.Generated(250).Keys.Select(key => key.KeyId).Order()));
            Assert.That(keys, Has.Count.EqualTo(250));
            Assert.That(keys.Count(key => key.KeyManager == "AWS"), Is.InRange(50, 100));
            Assert.That(keys.Select(key => key.Origin).Distinct(), Has.Exactly(4).Items);
            Assert.That(keys.Select(key => key.MultiRegionKeyType).Distinct(), Has.Exactly(3).Items);
            Assert.That(keys.Select(key => key.KeyState), Is.SupersetOf(["Enabled", "Disabled", "PendingDeletion", "PendingImport"]));
            Assert.That(keys.Count(key => key.Stack is not null), Is.GreaterThan(20));
        }
    }

    private async Task<List<RotationsListEntry>> RotationsAsync(LocalKey key, AmazonKeyManagementServiceClient? there = null) =>
        (await (there ?? Kms).ListKeyRotationsAsync(new ListKeyRotationsRequest { KeyId = key.KeyId })).Rotations;

    private static async Task<string?> MaterialAsync(AmazonKeyManagementServiceClient client, LocalKey key) =>
        (await client.DescribeKeyAsync(key.KeyId)).KeyMetadata.CurrentKeyMaterialId;
}
