package io.jitney.daemon.apps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.wake.SecretText;
import io.jitney.daemon.wake.WakeRule;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.policy.PolicyValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppsParserTest {
  private static final Path FILE = Path.of("/etc/jitney/apps.yaml");
  private static final String HEAD =
      "apiVersion: jitney.io/v1alpha1\nkind: App\nmetadata:\n  name: orders\n";

  private static ParsedApps parse(String text) {
    return new AppsParser().add(FILE, text).result();
  }

  @Test
  void everyFieldIsRead() {
    ParsedApps parsed =
        parse(
            """
            apiVersion: jitney.io/v1alpha1
            kind: App
            metadata:
              name: any
              namespace: shop
              labels: {team: a}
            spec:
              appId: orders
              app:
                address: 10.0.0.7
                port: 3000
                protocol: h2c
                maxConcurrency: 5
                healthCheck: {path: ready, intervalSeconds: 2, timeoutMillis: 300, threshold: 4}
                token: {env: ORDERS_APP_TOKEN}
              resourcesPaths: [components, /srv/shared]
              configPaths: [./config.yaml]
              scopes: [store, secrets]
              apiToken: {file: tokens/orders}
              sourceAddresses: [10.0.0.7, "fd00::/64"]
              quota: {rate: 2.5, burst: 20, inFlight: 7}
              env: {REGION: north, SIZE: 3, DEBUG: true}
              flags: {max-body-size: 8Mi, log-as-json: true}
            """);

    assertThat(parsed.problems()).isEmpty();
    assertThat(parsed.unclear()).isEmpty();
    assertThat(parsed.apps())
        .containsExactly(
            new AppResource(
                "orders",
                "shop",
                Map.of("team", "a"),
                FILE,
                1,
                new AppResource.Target(
                    "10.0.0.7",
                    3000,
                    "h2c",
                    5,
                    new AppResource.HealthCheck("/ready", 2, 300, 4),
                    new SecretReference.Variable("ORDERS_APP_TOKEN")),
                List.of(Path.of("/etc/jitney/components"), Path.of("/srv/shared")),
                List.of(Path.of("/etc/jitney/config.yaml")),
                Set.of("store", "secrets"),
                new SecretReference.InFile(Path.of("/etc/jitney/tokens/orders")),
                List.of("10.0.0.7", "fd00::/64"),
                PolicyValues.of(new Quota(2.5, 20, 7)),
                Map.of("REGION", "north", "SIZE", "3", "DEBUG", "true"),
                Map.of("max-body-size", "8Mi", "log-as-json", "true"),
                null));
  }

  @Test
  void theShortestAppHasDefaults() {
    ParsedApps parsed =
        parse(
            HEAD
                + "spec: {app: {port: 80}}\n---\n"
                + HEAD.replace("orders", "caller")
                + "spec: {}\n");

    assertThat(parsed.problems()).isEmpty();
    AppResource app = parsed.apps().getFirst();
    assertThat(app.id()).isEqualTo(new TenantId("default", "orders"));
    assertThat(app.namespace()).isEmpty();
    assertThat(app.app()).isEqualTo(new AppResource.Target("127.0.0.1", 80, "http", 0, null, null));
    assertThat(app.quota()).isEqualTo(PolicyValues.NONE);
    assertThat(app.scopes()).isNull();
    assertThat(app.hasOwnPorts()).isFalse();
    assertThat(parsed.apps().get(1).app()).isNull();
  }

  /** One wrong thing for each, as YAML of spec; what is told, as field and part of the message. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{app: {}} | spec.app.port | is missing",
        "{app: {port: 0}} | spec.app.port | from 1 to 65535",
        "{app: {port: '80'}} | spec.app.port | whole number",
        "{app: {port: 80, protocol: HTTP3}} | spec.app.protocol | http, https, h2c, grpc or grpcs",
        "{app: {port: 80, host: a, address: b}} | spec.app.host | the same as address",
        "{app: {port: 80, maxConcurrency: -1}} | spec.app.maxConcurrency | whole number",
        "{app: {port: 80, healthCheck: {timeoutMillis: 9000}}} | spec.app.healthCheck.timeoutMillis"
            + " | longer than the interval",
        "{app: {port: 80, helthCheck: {}}} | spec.app.helthCheck | is not a field; there are"
            + " address, healthCheck",
        "{app: 80} | spec.app | must be a mapping",
        "{resourcesPaths: a} | spec.resourcesPaths | must be a list",
        "{resourcesPaths: [a, {}]} | spec.resourcesPaths[1] | must be text, not a mapping",
        "{apiToken: plain-secret} | spec.apiToken | must be a mapping",
        "{apiToken: {env: A, file: b}} | spec.apiToken.env | exactly one",
        "{apiToken: {}} | spec.apiToken.env | exactly one",
        "{apiToken: {value: s3cret}} | spec.apiToken.value | is not a field",
        "{sourceAddresses: [10.0.0.300]} | spec.sourceAddresses[0] | must be an address or a CIDR"
            + " range",
        "{sourceAddresses: [10.0.0.1, host.name]} | spec.sourceAddresses[1] | must be an address",
        "{quota: {rate: -1}} | spec.quota.rate | from 0.000000001 to 1000000000",
        "{quota: {rate: fast}} | spec.quota.rate | must be a number from",
        "{quota: {burst: 5}} | spec.quota.burst | rate is not set",
        "{quota: {inFlight: {unary: x, lots: 3}}} | spec.quota.inFlight.unary | whole number",
        "{quota: {inFlight: many}} | spec.quota.inFlight | whole number",
        "{env: {NAMESPACE: x}} | spec.env.NAMESPACE | metadata.namespace",
        "{env: {DAPR_API_TOKEN: x}} | spec.env.DAPR_API_TOKEN | spec.apiToken",
        "{env: {'1A': x}} | spec.env.1A | not the name of a variable",
        "{flags: {app-port: 1}} | spec.flags.app-port | cannot be given here",
        "{flags: {--log-level: debug}} | spec.flags.--log-level | without dashes",
        "{appId: a.b} | spec.appId | cannot contain dots",
        "{port: 80} | spec.port | is not a field",
        "[] | spec | must be a mapping",
      })
  void whatIsWrongIsToldWithItsField(String spec, String field, String message) {
    ParsedApps parsed = parse(HEAD + "spec: " + spec + "\n");

    assertThat(parsed.apps()).isEmpty();
    assertThat(parsed.problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.file()).isEqualTo(FILE);
              assertThat(problem.document()).isEqualTo(1);
              assertThat(problem.field()).isEqualTo(field);
              assertThat(problem.message()).contains(message);
            });
    assertThat(parsed.problems().toString()).doesNotContain("s3cret");
  }

  @Test
  void allProblemsAreFoundAtOnceAndOtherDocumentsCount() {
    ParsedApps parsed =
        parse(
            "kind: Component\n"
                + "spec: {app: {port: x, protocl: http}, quota: {rate: 1, bust: 2}}\n"
                + "---\n"
                + HEAD
                + "spec: {app: {port: 81}}\n---\njust text\n---\n"
                + HEAD.replace("orders", "billing")
                + "spec: {}\n");

    assertThat(parsed.apps())
        .extracting(app -> app.id().appId())
        .containsExactly("orders", "billing");
    assertThat(parsed.problems())
        .extracting(problem -> problem.document() + " " + problem.field())
        .contains(
            "1 apiVersion",
            "1 kind",
            "1 metadata.name",
            "1 spec.app.port",
            "1 spec.app.protocl",
            "1 spec.quota.bust",
            "3 ");
    assertThat(parsed.unclear()).containsExactly(FILE);
    assertThat(parsed.problems().getFirst().toString())
        .isEqualTo("/etc/jitney/apps.yaml, document 1, apiVersion: must be jitney.io/v1alpha1");
  }

  @Test
  void aSyntaxErrorLosesTheRestOfItsFileAlone() {
    ParsedApps parsed =
        new AppsParser()
            .add(
                FILE,
                HEAD
                    + "spec: {}\n---\na: [1\nb: 2\n---\n"
                    + HEAD.replace("orders", "lost")
                    + "spec: {}\n")
            .add(Path.of("/etc/jitney/more.yaml"), HEAD.replace("orders", "billing") + "spec: {}\n")
            .result();

    assertThat(parsed.apps())
        .extracting(app -> app.id().appId())
        .containsExactly("orders", "billing");
    assertThat(parsed.problems()).hasSize(1);
    assertThat(parsed.problems().getFirst().message()).contains("is no YAML").contains("line");
    assertThat(parsed.unclear()).containsExactly(FILE);
  }

  @Test
  void ofTwoAppsWithOneIdTheFirstCounts() {
    ParsedApps parsed =
        new AppsParser()
            .add(
                FILE,
                HEAD
                    + "spec: {app: {port: 1}}\n---\n"
                    + HEAD.replace("name:", "namespace: b\n  name:")
                    + "spec: {}")
            .add(Path.of("/etc/jitney/z.yaml"), HEAD + "spec: {app: {port: 2}}\n")
            .result();

    assertThat(parsed.apps())
        .extracting(app -> app.id().toString())
        .containsExactly("default/orders", "b/orders");
    assertThat(parsed.problems()).hasSize(1);
    assertThat(parsed.problems().getFirst().toString())
        .isEqualTo(
            "/etc/jitney/z.yaml, document 1: default/orders is declared already, in"
                + " /etc/jitney/apps.yaml, document 1");
  }

  @Test
  void yamlThatWouldBeLargeOrCleverIsRefused() {
    String bomb = "a: &a [x,x]\nb: &b [*a,*a,*a]\n" + "c: [" + "*b,".repeat(40) + "x]\n";

    assertThat(parse(bomb).problems()).isNotEmpty();
    assertThat(parse("!!javax.script.ScriptEngineManager []").problems().getFirst().message())
        .contains("is no YAML");
    assertThat(parse(HEAD + "spec: {appId: a, appId: b}").problems().getFirst().message())
        .contains("duplicate key");
    assertThat(parse("").apps()).isEmpty();
    assertThat(parse("---\n---\n").problems()).isEmpty();
  }

  @Test
  void quotaTokenAndAddressesChangeWithoutReopening() {
    String spec =
        "spec: {app: {port: 80}, quota: {rate: 1}, apiToken: {env: A}, sourceAddresses:"
            + " [10.0.0.1]}";
    AppResource before = parse(HEAD + spec).apps().getFirst();

    for (String live :
        List.of(
            spec.replace("rate: 1", "rate: 2"),
            spec.replace("rate: 1", "weight: 5, inFlight: {unary: 3}"),
            spec.replace("env: A", "env: B"),
            spec.replace("0.1", "0.2"))) {
      AppResource after = parse(HEAD + live).apps().getFirst();
      assertThat(after).isNotEqualTo(before);
      assertThat(before.needsNoReopen(after)).isTrue();
    }
    for (String anew :
        List.of(spec.replace("80", "81"), spec.replace("quota", "scopes: [a], quota"))) {
      assertThat(before.needsNoReopen(parse(HEAD + anew).apps().getFirst())).isFalse();
    }
    // With a port of its own the instance checks the token itself.
    String ports = spec.replace("quota", "flags: {dapr-http-port: 0}, quota");
    AppResource own = parse(HEAD + ports).apps().getFirst();
    assertThat(own.hasOwnPorts()).isTrue();
    assertThat(own.needsNoReopen(parse(HEAD + ports.replace("env: A", "env: B")).apps().getFirst()))
        .isFalse();
    assertThat(
            own.needsNoReopen(parse(HEAD + ports.replace("rate: 1", "rate: 9")).apps().getFirst()))
        .isTrue();
  }

  @Test
  void anAppMayBeAwayAndSaysWhoWakesIt() {
    ParsedApps parsed =
        parse(
            HEAD
                + "spec: {scaleToZero: {onInvoke: true, attempts: 2, command: {argv: [./start, a],"
                + " env: [HOME]}}}\n---\n"
                + HEAD.replace("orders", "other")
                + "spec: {scaleToZero: {http: {url: 'https://x/wake', headers: {x-key: {env: KEY},"
                + " y: z}}}}\n---\n"
                + HEAD.replace("orders", "third")
                + "spec: {scaleToZero: {}}\n");

    assertThat(parsed.problems()).isEmpty();
    Path folder = FILE.getParent();
    assertThat(parsed.apps().getFirst().scaleToZero())
        .isEqualTo(
            new WakeRule(
                new WakeRule.Command(
                    List.of(folder.resolve("start").toString(), "a"), List.of("HOME"), folder, 30),
                true,
                60,
                10,
                2,
                FILE));
    assertThat(parsed.apps().get(1).scaleToZero().hook())
        .isEqualTo(
            new WakeRule.Request(
                "https://x/wake",
                "POST",
                Map.of(
                    "x-key", new SecretReference.Variable("KEY"), "y", new SecretText.Plain("z")),
                null,
                10));
    assertThat(parsed.apps().get(2).scaleToZero().hook()).isNull();
  }

  @Test
  void whatIsWrongWithAWakeHookIsNamed() {
    ParsedApps parsed =
        parse(
            HEAD
                + "spec: {app: {port: 80}, scaleToZero: {onInvoke: perhaps, command: {argv: [sh,"
                + " -c], timeoutSeconds: 0}, http: {url: 'file:///x', method: BREW}}}\n");

    assertThat(parsed.apps()).isEmpty();
    assertThat(String.join("\n", parsed.problems().stream().map(Object::toString).toList()))
        .contains("spec.scaleToZero.http", "one of them wakes the app")
        .contains("spec.scaleToZero.onInvoke", "must be true or false")
        .contains("spec.scaleToZero.command.argv[0]", "no PATH is searched")
        .contains("spec.scaleToZero.command.timeoutSeconds")
        .contains("spec.scaleToZero.http.url", "must be an http or https URL")
        .contains("spec.scaleToZero.http.method", "must be one of")
        .contains("spec.app.healthCheck", "it tells whether the app is there");
  }
}
