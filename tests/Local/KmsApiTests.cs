using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class KmsApiTests : LocalAwsFixture
{
    private AmazonKeyManagementServiceClient kms = null!;

    [SetUp]
    public void MakeClient() => kms = Client.Kms(Aws, Account);

    [TearDown]
    public void CloseClient() => kms.Dispose();

    [TestCase(0, 1)]
    [TestCase(99, 1)]
    [TestCase(100, 1)]
    [TestCase(101, 2)]
    [TestCase(250, 3)]
    public async Task A_listing_comes_in_pages_of_a_hundred(int keys, int pages)
    {
        Account.Put(Accounts.Keys(keys));
        var request = new ListKeysRequest();
        var ids = new List<string>();
        do
        {
            var page = await kms.ListKeysAsync(request);
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
    public async Task A_key_that_goes_between_two_pages_hides_no_other()
    {
        Account.Put(Accounts.Keys(150));
        var first = await kms.ListKeysAsync(new ListKeysRequest());
        Account.Remove(first.Keys[0].KeyId);
        Account.Remove(first.Keys[99].KeyId);

        var second = await kms.ListKeysAsync(new ListKeysRequest { Marker = first.NextMarker });

        Assert.That(second.Keys, Has.Count.EqualTo(50));
    }

    [TestCase("""{"Limit":0}""", "ValidationException")]
    [TestCase("""{"Limit":1001}""", "ValidationException")]
    [TestCase("""{"Limit":"ten"}""", "SerializationException")]
    [TestCase("""{"Marker":"made up"}""", "InvalidMarkerException")]
    [TestCase("""{"MaxItems":3}""", "SerializationException")]
    [TestCase("[]", "SerializationException")]
    [TestCase("{", "SerializationException")]
    public async Task A_listing_asked_for_wrongly_is_refused(string body, string error)
    {
        var answer = await Client.PostAsync(Aws, Account, "TrentService.ListKeys", body);

        Assert.That(answer.Error, Is.EqualTo(error));
    }

    [Test]
    public async Task An_operation_that_is_not_there_is_refused()
    {
        var answer = await Client.PostAsync(Aws, Account, "TrentService.DeleteEverything", "{}");

        Assert.That(answer.Error, Is.EqualTo("UnknownOperationException"));
    }

    [Test]
    public async Task A_key_is_described_by_id_ARN_alias_and_alias_ARN()
    {
        var key = Account.Put(LocalKey.Symmetric() with { Aliases = ["alias/orders"], Description = "orders" });

        using (Assert.EnterMultipleScope())
        {
            foreach (var name in new[] { key.KeyId, Account.Arn(key.KeyId), "alias/orders", $"arn:aws:kms:{Account.Region}:{Account.Id}:alias/orders" })
            {
                var described = (await kms.DescribeKeyAsync(name)).KeyMetadata;
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
    public void A_key_that_is_not_there_is_not_described(string name, string error) =>
        Assert.That(() => kms.DescribeKeyAsync(name), Throws.InstanceOf<AmazonServiceException>().With.Property("ErrorCode").EqualTo(error));

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
    public async Task Each_kind_of_key_has_its_rotation_status(LocalKey key, bool? enabled, int? period)
    {
        Account.Put(key);

        var status = await kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = Account.Arn(key.KeyId) });

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
    public void A_key_whose_material_is_not_there_or_in_a_key_store_has_no_rotation_status(string origin, string state)
    {
        var key = Account.Put(LocalKey.OfOrigin(origin) with { KeyState = state });

        Assert.That(
            () => kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = key.KeyId }),
            Throws.InstanceOf<UnsupportedOperationException>());
    }

    [Test]
    public async Task A_replica_has_the_status_of_its_primary()
    {
        var replica = Account.Put(LocalKey.Replica("eu-west-1", rotates: false));
        var primary = Aws.Add(new LocalAccount(Account.Id, "eu-west-1"));
        primary.Put(LocalKey.Primary(rotates: true, periodInDays: 180) with { KeyId = replica.KeyId });

        var status = await kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = replica.KeyId });
        var described = (await kms.DescribeKeyAsync(replica.KeyId)).KeyMetadata;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((status.KeyRotationEnabled, status.RotationPeriodInDays), Is.EqualTo((true, 180)));
            Assert.That(described.MultiRegionConfiguration.PrimaryKey.Arn, Is.EqualTo(primary.Arn(replica.KeyId)));
        }
    }

    [Test]
    public async Task The_primary_can_move_to_a_replica_and_take_the_setting_along()
    {
        var west = Aws.Add(new LocalAccount(Account.Id, "eu-west-1"));
        var primary = Account.Put(LocalKey.Primary(rotates: true, periodInDays: 180));
        west.Put(LocalKey.Replica(Account.Region) with { KeyId = primary.KeyId });

        Aws.UpdatePrimaryRegion(Account.Id, primary.KeyId, west.Region);
        var described = (await kms.DescribeKeyAsync(primary.KeyId)).KeyMetadata.MultiRegionConfiguration;
        var status = await kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = primary.KeyId });
        var moved = west[primary.KeyId];
        Aws.UpdatePrimaryRegion(Account.Id, primary.KeyId, "eu-north-1");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((described.MultiRegionKeyType.Value, described.PrimaryKey.Region), Is.EqualTo(("REPLICA", west.Region)));
            Assert.That((status.KeyRotationEnabled, status.RotationPeriodInDays), Is.EqualTo((true, 180)));
            Assert.That(moved.MultiRegionKeyType, Is.EqualTo("PRIMARY"));
            Assert.That((moved.KeyRotationEnabled, moved.RotationPeriodInDays), Is.EqualTo((true, 180)));
            foreach (var key in new[] { Account[primary.KeyId], west[primary.KeyId] })
                Assert.That((key.MultiRegionKeyType, key.PrimaryRegion), Is.EqualTo(("REPLICA", "eu-north-1")));
        }
    }

    [Test]
    public async Task A_key_can_be_described_as_it_was_at_first_or_as_another()
    {
        var old = Account.Put(LocalKey.Asymmetric() with { HasOldShape = true });
        var mistaken = Account.Put(LocalKey.Symmetric() with { DescribedAs = old.KeyId });
        var unknown = Account.Put(LocalKey.Symmetric() with { DescribedAs = "nowhere" });

        using (Assert.EnterMultipleScope())
        {
            var described = (await kms.DescribeKeyAsync(old.KeyId)).KeyMetadata;
            Assert.That((described.KeySpec, described.MultiRegion), Is.EqualTo((default(KeySpec), default(bool?))));
#pragma warning disable CS0618 // It is obsolete, and what old answers have.
            Assert.That(described.CustomerMasterKeySpec.Value, Is.EqualTo("RSA_2048"));
#pragma warning restore CS0618
            Assert.That((await kms.DescribeKeyAsync(mistaken.KeyId)).KeyMetadata.KeyId, Is.EqualTo(old.KeyId));
            Assert.That((await kms.DescribeKeyAsync(unknown.KeyId)).KeyMetadata.Arn, Is.EqualTo(Account.Arn("nowhere")));
        }
    }

    [Test]
    public async Task Rotation_can_be_turned_on_where_KMS_allows_it()
    {
        var key = Account.Put(LocalKey.Symmetric());
        var disabled = Account.Put(LocalKey.Disabled());
        var managed = Account.Put(LocalKey.AwsManaged());
        var replica = Account.Put(LocalKey.Replica());

        await kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = key.KeyId, RotationPeriodInDays = 180 });

        using (Assert.EnterMultipleScope())
        {
            Assert.That((Account[key.KeyId].KeyRotationEnabled, Account[key.KeyId].RotationPeriodInDays), Is.EqualTo((true, 180)));
            Assert.That(
                () => kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = disabled.KeyId }),
                Throws.InstanceOf<DisabledException>());
            Assert.That(
                () => kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = managed.KeyId }),
                Throws.InstanceOf<AmazonServiceException>());
            Assert.That(
                () => kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = replica.KeyId }),
                Throws.InstanceOf<UnsupportedOperationException>());
        }
    }

    [TestCase(89)]
    [TestCase(2561)]
    public async Task A_period_that_KMS_does_not_have_is_refused(int days)
    {
        var key = Account.Put(LocalKey.Symmetric());

        var answer = await Client.PostAsync(Aws, Account, "TrentService.EnableKeyRotation", $$"""{"KeyId":"{{key.KeyId}}","RotationPeriodInDays":{{days}}}""");

        Assert.That(answer.Error, Is.EqualTo("ValidationException"));
    }

    [Test]
    public async Task Automatic_rotations_happen_at_the_end_of_every_period()
    {
        var key = Account.Put(LocalKey.Symmetric(rotates: true, periodInDays: 90) with { CreationDate = Clock.GetUtcNow().AddDays(-200) });

        var rotations = await RotationsAsync(key);
        PassTime(70);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rotations.Select(rotation => rotation.RotationType.Value), Is.EqualTo(["AUTOMATIC", "AUTOMATIC"]));
            Assert.That(
                rotations.Select(rotation => (Clock.GetUtcNow().UtcDateTime - rotation.RotationDate!.Value.ToUniversalTime()).TotalDays),
                Is.EqualTo([180.0, 90.0]).Within(0.001));
            Assert.That(await RotationsAsync(key), Has.Count.EqualTo(3));
        }
    }

    [TestCase(null, 2)]
    [TestCase(90, 2)]
    [TestCase(100, 2)]
    public async Task Another_period_starts_the_time_anew_and_forgets_no_rotation(int? period, int rotations)
    {
        var key = Account.Put(LocalKey.Symmetric(rotates: true, periodInDays: 90) with { CreationDate = Clock.GetUtcNow().AddDays(-200) });

        await kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = key.KeyId, RotationPeriodInDays = period });
        var before = await RotationsAsync(key);
        PassTime(80);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(before, Has.Count.EqualTo(rotations));
            Assert.That(await RotationsAsync(key), Has.Count.EqualTo(period == 100 ? 2 : 3));
        }
    }

    [Test]
    public async Task A_key_is_rotated_on_demand_and_has_other_material_then()
    {
        var key = Account.Put(LocalKey.Primary() with { CreationDate = Clock.GetUtcNow().AddDays(-200) });
        var elsewhere = Aws.Add(new LocalAccount(region: "us-east-1"));
        elsewhere.Put(key with { MultiRegionKeyType = "REPLICA", PrimaryRegion = Account.Region });
        using var there = Client.Kms(Aws, elsewhere);
        var first = await MaterialAsync(kms, key);

        var rotated = await kms.RotateKeyOnDemandAsync(new RotateKeyOnDemandRequest { KeyId = key.KeyId });

        var rotation = (await RotationsAsync(key)).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rotated.KeyId, Is.EqualTo(key.KeyId));
            Assert.That((rotation.RotationType.Value, rotation.KeyMaterialId), Is.EqualTo(("ON_DEMAND", await MaterialAsync(kms, key))));
            Assert.That(rotation.KeyMaterialId, Is.Not.EqualTo(first).And.EqualTo(await MaterialAsync(there, key)));
            Assert.That(await RotationsAsync(key, there), Has.Count.EqualTo(1));
        }
    }

    private static IEnumerable<TestCaseData<LocalKey, string?>> OnDemand()
    {
        yield return Case("a key of KMS", LocalKey.Symmetric(), null);
        yield return Case("RSA", LocalKey.Asymmetric(), "UnsupportedOperationException");
        yield return Case("a replica", LocalKey.Replica(), "UnsupportedOperationException");
        yield return Case("disabled", LocalKey.Disabled(), "DisabledException");
        yield return Case("to be deleted", LocalKey.PendingDeletion(), "KMSInvalidStateException");
        yield return Case("imported", LocalKey.OfOrigin("EXTERNAL"), "KMSInvalidStateException");
        yield return Case("imported anew", LocalKey.OfOrigin("EXTERNAL") with { HasNewMaterial = true }, null);
        yield return Case("of AWS", LocalKey.AwsManaged(), "AccessDeniedException");
        yield return Case("under way", LocalKey.Symmetric() with { OnDemandRotationStartDate = DateTimeOffset.UtcNow }, "ConflictException");
        var often = Enumerable.Repeat(new LocalRotation(DateTimeOffset.UtcNow), 25);
        yield return Case("25 times", LocalKey.Symmetric() with { PastRotations = [.. often] }, "LimitExceededException");

        static TestCaseData<LocalKey, string?> Case(string name, LocalKey key, string? error) => new(key, error) { TestName = $"{{m}}({name})" };
    }

    [TestCaseSource(nameof(OnDemand))]
    public async Task Rotation_on_demand_is_refused_as_AWS_refuses_it(object key, string? error)
    {
        var put = Account.Put((LocalKey)key);
        var answer = await Client.PostAsync(Aws, Account, "TrentService.RotateKeyOnDemand", $$"""{"KeyId":"{{put.KeyId}}"}""");
        Assert.That(answer.Error, Is.EqualTo(error));
    }

    [Test]
    public async Task Rotations_come_in_pages_and_with_the_first_material_where_that_is_asked_for()
    {
        var rotations = Enumerable.Range(1, 5).Select(day => new LocalRotation(Clock.GetUtcNow().AddDays(-day)));
        var key = Account.Put(LocalKey.Symmetric() with { PastRotations = [.. rotations] });

        var page = await kms.ListKeyRotationsAsync(new ListKeyRotationsRequest { KeyId = key.KeyId, Limit = 2 });
        var next = await kms.ListKeyRotationsAsync(new ListKeyRotationsRequest { KeyId = key.KeyId, Limit = 3, Marker = page.NextMarker });
        var all = await kms.ListKeyRotationsAsync(
            new ListKeyRotationsRequest { KeyId = key.KeyId, IncludeKeyMaterial = IncludeKeyMaterial.ALL_KEY_MATERIAL });

        using (Assert.EnterMultipleScope())
        {
            Assert.That((page.Rotations.Count, page.Truncated), Is.EqualTo((2, (bool?)true)));
            Assert.That((next.Rotations.Count, next.Truncated), Is.EqualTo((3, (bool?)false)));
            Assert.That(page.Rotations.Concat(next.Rotations).Select(rotation => rotation.RotationDate), Is.Ordered);
            Assert.That(all.Rotations.FindIndex(rotation => rotation.RotationDate is not null), Is.EqualTo(1));
            Assert.That(all.Rotations[^1].KeyMaterialId, Is.EqualTo(await MaterialAsync(kms, key)));
        }
    }

    [Test]
    public async Task Keys_that_KMS_does_not_rotate_have_no_rotations_or_none_to_ask_for()
    {
        var hmac = Account.Put(LocalKey.Hmac());
        var hsm = Account.Put(LocalKey.OfOrigin("AWS_CLOUDHSM"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await RotationsAsync(hmac), Is.Empty);
            Assert.That(() => RotationsAsync(hsm), Throws.TypeOf<UnsupportedOperationException>());
            Assert.That(await MaterialAsync(kms, hmac), Is.Null);
        }
    }

    /// <summary>A client signs with the real time.</summary>
    private void PassTime(int days)
    {
        Aws.Signature.IsVerified = false;
        Clock.Advance(TimeSpan.FromDays(days));
    }

    private async Task<List<RotationsListEntry>> RotationsAsync(LocalKey key, AmazonKeyManagementServiceClient? there = null) =>
        (await (there ?? kms).ListKeyRotationsAsync(new ListKeyRotationsRequest { KeyId = key.KeyId })).Rotations;

    private static async Task<string?> MaterialAsync(AmazonKeyManagementServiceClient client, LocalKey key) =>
        (await client.DescribeKeyAsync(key.KeyId)).KeyMetadata.CurrentKeyMaterialId;

    [Test]
    public async Task Tags_and_aliases_are_listed()
    {
        var key = Account.Put(
            LocalKey.Symmetric() with { Aliases = ["alias/b", "alias/a"], Tags = new Dictionary<string, string> { ["team"] = "orders", ["env"] = "test" } });
        Account.Put(LocalKey.Symmetric() with { Aliases = ["alias/c"] });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (await kms.ListResourceTagsAsync(new ListResourceTagsRequest { KeyId = key.KeyId })).Tags.Select(tag => $"{tag.TagKey}={tag.TagValue}"),
                Is.EqualTo(["env=test", "team=orders"]));
            Assert.That(
                (await kms.ListAliasesAsync(new ListAliasesRequest { KeyId = key.KeyId })).Aliases.Select(alias => alias.AliasName),
                Is.EqualTo(["alias/a", "alias/b"]));
            Assert.That((await kms.ListAliasesAsync(new ListAliasesRequest { Limit = 2 })).Truncated, Is.True);
        }
    }

    [Test]
    public void A_made_up_account_is_the_same_every_time_and_has_every_kind()
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
}
