# Builds the package for AWS Lambda. `sam build` calls build-KeyRotationFunction, which is named after the function in template.yaml.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

HOST := $(subst aarch64,arm64,$(shell uname -m))
ARCH ?= $(HOST)
ifeq ($(filter x86_64 arm64,$(ARCH)),)
$(error ARCH is '$(ARCH)'; valid values are x86_64 and arm64)
endif
RID := linux-$(ARCH:x86_64=x64)
# More flags for dotnet publish, such as those for a cross linker.
PUBLISH_FLAGS ?=
DIST := $(CURDIR)/dist
NAME = key-rotation-$(ARCH)
# The build with the official packages has its own lock file: Directory.Build.props.
LOCK_FILE = rule/$(if $(findstring AwsPackages=true,$(PUBLISH_FLAGS)),obj/)packages.lock.json

# The same bytes from any folder, commit and time: no path or commit ID in the program, no time or user in the zip (build/Zip.cs).
PUBLISH = dotnet publish rule -c Release -r $(RID) --nologo -v quiet --artifacts-path '$(DIST)/build' \
	'-p:PathMap=$(CURDIR)=/_' -p:IncludeSourceRevisionInInformationalVersion=false $(PUBLISH_FLAGS)

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([A-Za-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-26s %s\n", $$1, $$2 }'
	@echo
	@echo '  ARCH=x86_64 or ARCH=arm64 selects the processor. Default: that of this machine, $(HOST).'

.PHONY: build
build: ## Build the solution: rule, samples, tests
	dotnet build ConfigRule.sln --nologo

.PHONY: test
test: ## Run all tests except those of the package
	dotnet test ConfigRule.sln --nologo

.PHONY: check
check: ## Check what a change must pass, on any system with the .NET SDK; .ci/run checks more, on Debian and Ubuntu
	dotnet restore ConfigRule.sln --locked-mode
	dotnet build ConfigRule.sln --no-restore --nologo
	dotnet format ConfigRule.sln --no-restore --verify-no-changes
	dotnet test ConfigRule.sln --no-build --nologo
	dotnet run --project samples/local --no-build

.PHONY: package
package: native-toolchain ## Build dist/key-rotation-ARCH-HASH.zip, its SBOM, and dist/template.yaml (plain CloudFormation) to deploy it
	@$(MAKE) --no-print-directory build-KeyRotationFunction 'ARTIFACTS_DIR=$(DIST)/$(NAME)'
	@$(MAKE) --no-print-directory describe NAME=$(NAME) SBOM_OF=native RUNTIME=provided.al2023

.PHONY: package-managed
package-managed: NAME = key-rotation-managed-$(ARCH)
package-managed: ## Build the same for Runtime=dotnet10; needs only the .NET SDK, no native linker
	rm -rf '$(DIST)/$(NAME)'
	$(PUBLISH) -p:PublishAot=false --no-self-contained -p:UseAppHost=false -p:DebugType=none -p:GenerateDocumentationFile=false -o '$(DIST)/$(NAME)'
	@$(MAKE) --no-print-directory describe NAME=$(NAME) SBOM_OF=managed RUNTIME=dotnet10

.PHONY: describe
describe:
	@zip=$$(dotnet run build/Zip.cs -- '$(DIST)/$(NAME)' '$(DIST)/$(NAME)') && \
		dotnet run build/Sbom.cs -- "$$zip" $(SBOM_OF) $(RID) $(LOCK_FILE) > '$(DIST)/$(NAME).cdx.json' && \
		dotnet run build/PlainTemplate.cs -- "$$zip" $(RUNTIME) $(ARCH) > '$(DIST)/template.yaml' && \
		ls -l "$$zip" '$(DIST)/$(NAME).cdx.json' '$(DIST)/template.yaml'

.PHONY: build-KeyRotationFunction
build-KeyRotationFunction: native-toolchain ## Build the native bootstrap into ARTIFACTS_DIR, for sam build
	@test -n '$(ARTIFACTS_DIR)' || { echo 'ARTIFACTS_DIR is not set. sam build sets it; make package does not need it.' >&2; exit 2; }
	$(PUBLISH) -o '$(DIST)/publish-$(ARCH)'
	mkdir -p '$(ARTIFACTS_DIR)' && cp '$(DIST)/publish-$(ARCH)/bootstrap' '$(ARTIFACTS_DIR)/bootstrap'

.PHONY: native-toolchain
native-toolchain:
	@test "$$(uname -s)" = Linux || { echo 'Native AOT builds for the operating system it runs on. Build on Linux, or use make package-managed.' >&2; exit 2; }
	@command -v clang > /dev/null || command -v gcc > /dev/null || { echo 'Native AOT needs clang (Debian: apt-get install clang zlib1g-dev). Install it, or use make package-managed.' >&2; exit 2; }
	@test '$(ARCH)' = '$(HOST)' -o -n '$(PUBLISH_FLAGS)' || { echo 'This machine is $(HOST). To build for $(ARCH), use such a machine (AWS CodeBuild has both),' \
		'use make package-managed ARCH=$(ARCH), or set a cross linker in PUBLISH_FLAGS, such as' \
		'"-p:SysRoot=/path/to/root -p:LinkerFlavor=lld -p:ObjCopyName=llvm-objcopy".' >&2; exit 2; }

.PHONY: audit
audit: native-toolchain ## dist/kms-key-rotation-audit: the audit as one native executable, for this machine's system
	dotnet publish samples/audit -c Release -r $(RID) --nologo -v quiet --artifacts-path '$(DIST)/build-audit' -p:PublishAot=true -o '$(DIST)/publish-audit' $(PUBLISH_FLAGS)
	cp '$(DIST)/publish-audit/audit' '$(DIST)/kms-key-rotation-audit'
	@ls -l '$(DIST)/kms-key-rotation-audit'

.PHONY: audit-tool
audit-tool: ## The audit as a .NET tool: dist/KmsKeyRotation.Audit.VERSION.nupkg
	dotnet pack samples/audit --nologo -v quiet --artifacts-path '$(DIST)/build-tool' -o '$(DIST)'
	@ls -l '$(DIST)'/KmsKeyRotation.Audit.*.nupkg

.PHONY: lint
lint: ## Run cfn-lint on every template
	cfn-lint template.yaml samples/conformance-pack.yaml samples/organization/*.yaml samples/remediation/*.yaml

.PHONY: clean
clean: ## Remove dist
	rm -rf '$(DIST)'
