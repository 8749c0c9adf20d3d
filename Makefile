# Builds what AWS Lambda runs. `sam build` calls build-KeyRotationFunction; the name is the function's in template.yaml.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

HOST := $(subst aarch64,arm64,$(shell uname -m))
ARCH ?= $(HOST)
ifeq ($(filter x86_64 arm64,$(ARCH)),)
$(error ARCH is '$(ARCH)'; valid are x86_64 and arm64)
endif
RID := linux-$(ARCH:x86_64=x64)
# More flags of dotnet publish, such as those of a cross linker.
PUBLISH_FLAGS ?=
DIST := $(CURDIR)/dist
NAME = key-rotation-$(ARCH)
# The build on the official packages has a lock file of its own: Directory.Build.props.
LOCK_FILE = rule/$(if $(findstring AwsPackages=true,$(PUBLISH_FLAGS)),obj/)packages.lock.json

# The same bytes from any folder, commit and time: no path and no commit id in the program, no time and no user in the zip (build/Zip.cs).
PUBLISH = dotnet publish rule -c Release -r $(RID) --nologo -v quiet --artifacts-path '$(DIST)/build' \
	'-p:PathMap=$(CURDIR)=/_' -p:IncludeSourceRevisionInInformationalVersion=false $(PUBLISH_FLAGS)

.PHONY: help
help: ## This list
	@sed -n 's/^\([A-Za-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-26s %s\n", $$1, $$2 }'
	@echo
	@echo '  ARCH=x86_64 or ARCH=arm64 chooses the processor; without it, this machine'"'"'s: $(HOST).'

.PHONY: build
build: ## The whole solution: rule, samples, tests
	dotnet build ConfigRule.sln --nologo

.PHONY: test
test: ## All tests but those of the package
	dotnet test ConfigRule.sln --nologo

.PHONY: check
check: ## What a change must pass, on any system with the .NET SDK; .ci/run checks more, on Debian and Ubuntu
	dotnet restore ConfigRule.sln --locked-mode
	dotnet build ConfigRule.sln --no-restore --nologo
	dotnet format ConfigRule.sln --no-restore --verify-no-changes
	dotnet test ConfigRule.sln --no-build --nologo
	dotnet run --project samples/local --no-build

.PHONY: package
package: native-toolchain ## dist/key-rotation-ARCH-HASH.zip, its SBOM, and dist/template.yaml, plain CloudFormation that deploys it
	@$(MAKE) --no-print-directory build-KeyRotationFunction 'ARTIFACTS_DIR=$(DIST)/$(NAME)'
	@$(MAKE) --no-print-directory describe NAME=$(NAME) SBOM_OF=native RUNTIME=provided.al2023

.PHONY: package-managed
package-managed: NAME = key-rotation-managed-$(ARCH)
package-managed: ## The same for Runtime=dotnet10: needs the .NET SDK alone, no native linker
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
build-KeyRotationFunction: native-toolchain ## What sam build calls: the native bootstrap into ARTIFACTS_DIR
	@test -n '$(ARTIFACTS_DIR)' || { echo 'ARTIFACTS_DIR is missing: sam build sets it, make package does without.' >&2; exit 2; }
	$(PUBLISH) -o '$(DIST)/publish-$(ARCH)'
	mkdir -p '$(ARTIFACTS_DIR)' && cp '$(DIST)/publish-$(ARCH)/bootstrap' '$(ARTIFACTS_DIR)/bootstrap'

.PHONY: native-toolchain
native-toolchain:
	@test "$$(uname -s)" = Linux || { echo 'Native AOT links for the system it runs on: build on Linux, or use make package-managed.' >&2; exit 2; }
	@command -v clang > /dev/null || command -v gcc > /dev/null || { echo 'Native AOT links with clang (Debian: apt-get install clang zlib1g-dev). Or use make package-managed.' >&2; exit 2; }
	@test '$(ARCH)' = '$(HOST)' -o -n '$(PUBLISH_FLAGS)' || { echo 'This machine is $(HOST). To link for $(ARCH), build on a machine of that kind (AWS CodeBuild has both),' \
		'use make package-managed ARCH=$(ARCH), or give a cross linker in PUBLISH_FLAGS, such as' \
		'"-p:SysRoot=/path/to/root -p:LinkerFlavor=lld -p:ObjCopyName=llvm-objcopy".' >&2; exit 2; }

.PHONY: lint
lint: ## cfn-lint on every template
	cfn-lint template.yaml samples/conformance-pack.yaml samples/organization/*.yaml samples/remediation/*.yaml

.PHONY: clean
clean: ## Removes dist
	rm -rf '$(DIST)'
