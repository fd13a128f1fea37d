package io.jitney.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.files.FileProblem;
import io.jitney.daemon.files.YamlFiles;
import io.jitney.tenancy.policy.PolicyClass;
import io.jitney.tenancy.policy.PolicyField;
import io.jitney.tenancy.policy.PolicyOrigin;
import io.jitney.tenancy.policy.PolicySelector;
import io.jitney.tenancy.policy.PolicyValues;
import io.jitney.tenancy.policy.TenantPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyParserTest {
  private static final Path FILE = Path.of("/etc/jitney/policies.yaml");
  private static final String HEAD =
      "apiVersion: jitney.io/v1alpha1\nkind: TenantPolicy\nmetadata: {name: shop}\n";

  private static PolicyParser.Parsed parse(String text) {
    return PolicyParser.parse(new YamlFiles.Content(FILE, text, ""), false);
  }

  private static PolicyParser.Parsed parseAmongApps(String text) {
    return PolicyParser.parse(new YamlFiles.Content(FILE, text, ""), true);
  }

  @Test
  void everyFieldIsRead() {
    PolicyParser.Parsed parsed =
        parse(
            """
            apiVersion: jitney.io/v1alpha1
            kind: TenantPolicy
            metadata:
              name: shop
              labels: {by: ops}
            spec:
              selector: {namespace: shop, appId: checkout, labels: {tier: gold}}
              class: gold
              weight: 200
              minShare: 12.5
              rate: 0.5
              burst: 10
              inFlight: {total: 100, unary: 90, streams: 20, deliveries: unlimited}
              bytesInFlight: 64Mi
              maxBodySize: 4194304
              connections: 200
              acceptRate: 50
              metricSeries: 500
              logLinesPerSecond: 0
              components:
                orders: {min: 2, max: 32, weight: 10}
                "*": {max: 4}
            ---
            apiVersion: jitney.io/v1alpha1
            kind: TenantPolicyClass
            metadata: {name: gold}
            spec: {inFlight: 7}
            """);

    assertThat(parsed.problems()).isEmpty();
    assertThat(parsed.broken()).isFalse();
    Map<PolicyField, Double> values =
        Map.ofEntries(
            Map.entry(PolicyField.WEIGHT, 200.0),
            Map.entry(PolicyField.MIN_SHARE, 12.5),
            Map.entry(PolicyField.RATE, 0.5),
            Map.entry(PolicyField.BURST, 10.0),
            Map.entry(PolicyField.IN_FLIGHT, 100.0),
            Map.entry(PolicyField.UNARY, 90.0),
            Map.entry(PolicyField.STREAMS, 20.0),
            Map.entry(PolicyField.DELIVERIES, PolicyField.UNLIMITED),
            Map.entry(PolicyField.BYTES_IN_FLIGHT, 64.0 * 1024 * 1024),
            Map.entry(PolicyField.BODY_SIZE, 4194304.0),
            Map.entry(PolicyField.CONNECTIONS, 200.0),
            Map.entry(PolicyField.ACCEPT_RATE, 50.0),
            Map.entry(PolicyField.METRIC_SERIES, 500.0),
            Map.entry(PolicyField.LOG_LINES, PolicyField.UNLIMITED));
    assertThat(values.keySet()).containsAll(PolicyField.plain());
    assertThat(parsed.policies())
        .containsExactly(
            new TenantPolicy(
                "shop",
                new PolicySelector("shop", "checkout", Map.of("tier", "gold")),
                "gold",
                new PolicyValues(
                    values,
                    Map.of(
                        "orders",
                        Map.of(
                            PolicyField.COMPONENT_MIN, 2.0,
                            PolicyField.COMPONENT_MAX, 32.0,
                            PolicyField.COMPONENT_WEIGHT, 10.0),
                        "*",
                        Map.of(PolicyField.COMPONENT_MAX, 4.0))),
                new PolicyOrigin(PolicyOrigin.Kind.POLICY, "shop", FILE.toString(), 1)));
    assertThat(parsed.classes())
        .containsExactly(
            new PolicyClass(
                "gold",
                new PolicyValues(Map.of(PolicyField.IN_FLIGHT, 7.0), Map.of()),
                new PolicyOrigin(PolicyOrigin.Kind.CLASS, "gold", FILE.toString(), 2)));
  }

  /** One wrong thing for each, as YAML of spec; what is told, as field and part of the message. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | spec | sets nothing",
        "{weight: 0} | spec.weight | must be a whole number from 1 to 10000 (share), not \"0\"",
        "{weight: 1.5} | spec.weight | whole number",
        "{weight: unlimited} | spec.weight | whole number",
        "{minShare: 101} | spec.minShare | a number from 0 to 100 (percent)",
        "{rate: fast} | spec.rate | (calls/s), or unlimited, not \"fast\"",
        "{rate: -1} | spec.rate | must be a number",
        "{rate: .nan} | spec.rate | must be a number",
        "{rate: .inf} | spec.rate | must be a number",
        "{rate: {a: 1}} | spec.rate | not a mapping",
        "{burst: 0} | spec.burst | from 1 to",
        "{inFlight: {unary: 1.5}} | spec.inFlight.unary | whole number",
        "{inFlight: {bidi: 1}} | spec.inFlight.bidi | is not a field",
        "{inFlight: [1]} | spec.inFlight | not a list",
        "{bytesInFlight: 12 monkeys} | spec.bytesInFlight | also as 64Ki or 16Mi",
        "{maxBodySize: 1.5Ki} | spec.maxBodySize | (bytes)",
        "{connections: 64Ki} | spec.connections | (connections)",
        "{acceptRate: true} | spec.acceptRate | (connections/s)",
        "{components: [a]} | spec.components | must be a mapping",
        "{components: {a: }} | spec.components.a | must be a mapping",
        "{components: {a: {max: 2, min: 3}}} | spec.components.a.min | must not be above max",
        "{components: {a: {maxx: 2}}} | spec.components.a.maxx | there are max, min, weight",
        "{wieght: 2} | spec.wieght | is not a field; there are acceptRate, burst",
        "{rate: 1, selector: shop} | spec.selector | must be a mapping",
        "{rate: 1, selector: {app: a}} | spec.selector.app | there are appId, labels, namespace",
        "{rate: 1, selector: {labels: {a: [b]}}} | spec.selector.labels.a | must be text",
        "{rate: 1, class: [a]} | spec.class | must be text",
      })
  void whatIsWrongIsTold(String spec, String field, String message) {
    PolicyParser.Parsed parsed = parse(HEAD + "spec: " + spec + "\n");

    assertThat(parsed.policies()).isEmpty();
    assertThat(parsed.broken()).isTrue();
    assertThat(parsed.problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.field()).isEqualTo(field);
              assertThat(problem.message()).contains(message);
              assertThat(problem.document()).isEqualTo(1);
            });
  }

  @Test
  void allProblemsAreFoundAtOnceWithFileDocumentAndField() {
    PolicyParser.Parsed parsed =
        parse(
            "kind: TenantPolicy\nspec: {rate: x, wait: 1}\n---\n"
                + HEAD
                + "spec: {rate: 5}\n---\nkind: App\n---\njust text\n---\n"
                + "apiVersion: jitney.io/v1alpha1\nkind: TenantPolicyClass\nmetadata: {name: a, namespace: b}\n"
                + "spec: {selector: {appId: a}, rate: 2}\n");

    assertThat(parsed.policies()).extracting(TenantPolicy::name).containsExactly("shop");
    assertThat(parsed.problems())
        .extracting(problem -> problem.document() + " " + problem.field())
        .containsExactlyInAnyOrder(
            "1 apiVersion",
            "1 metadata.name",
            "1 spec.rate",
            "1 spec.wait",
            "3 kind",
            "4 ",
            "5 metadata.namespace",
            "5 spec.selector");
    assertThat(parsed.problems().getFirst().toString())
        .isEqualTo("/etc/jitney/policies.yaml, document 1, apiVersion: must be jitney.io/v1alpha1");
  }

  @Test
  void amongAppsOnlyPoliciesAreItsBusiness() {
    String app = "apiVersion: jitney.io/v1alpha1\nkind: App\nmetadata: {name: a}\nspec: {x: 1}\n";

    PolicyParser.Parsed parsed =
        parseAmongApps(app + "---\n" + HEAD + "spec: {rate: 5}\n---\n" + HEAD + "spec: {rat: 5}\n");

    assertThat(parsed.policies()).hasSize(1);
    assertThat(parsed.problems()).extracting(FileProblem::document).containsExactly(3);
    assertThat(parseAmongApps("a: [").problems()).isEmpty();
    assertThat(parseAmongApps("a: [").broken()).isTrue();
  }

  @Test
  void aBrokenFileCountsAsItWas() {
    PolicyFiles files = new PolicyFiles();
    files.combine(List.of(parse(HEAD + "spec: {rate: 5}\n")));

    PolicyFiles.Combined broken = files.combine(List.of(parse(HEAD + "spec: {rate: x}\n")));
    PolicyFiles.Combined gone = files.combine(List.of());
    PolicyFiles.Combined back = files.combine(List.of(parse("a: [")));

    assertThat(broken.policies()).hasSize(1);
    assertThat(broken.problems()).hasSize(1);
    assertThat(gone.policies()).isEmpty();
    assertThat(back.policies()).isEmpty();
    assertThat(back.problems()).hasSize(1);
  }

  @Test
  void aFileThatWasNeverRightCountsWithItsRightDocuments() {
    PolicyFiles.Combined combined =
        new PolicyFiles()
            .combine(List.of(parse(HEAD + "spec: {rate: 5}\n---\n" + HEAD + "spec: {rat: 5}\n")));

    assertThat(combined.policies()).hasSize(1);
  }

  @Test
  void namesAreUniqueAndClassesThere() {
    PolicyFiles.Combined combined =
        new PolicyFiles()
            .combine(
                List.of(
                    parse(HEAD + "spec: {rate: 5}\n---\n" + HEAD + "spec: {rate: 6}\n"),
                    PolicyParser.parse(
                        new YamlFiles.Content(
                            Path.of("/etc/jitney/z.yaml"),
                            HEAD.replace("shop", "z") + "spec: {class: gold}\n",
                            ""),
                        false)));

    assertThat(combined.policies()).hasSize(2);
    assertThat(combined.problems())
        .extracting(FileProblem::toString)
        .containsExactly(
            "/etc/jitney/policies.yaml, document 2, metadata.name: is the name of policy shop"
                + " (/etc/jitney/policies.yaml, document 1) already: this one does not count",
            "/etc/jitney/z.yaml, document 1, spec.class: there is no TenantPolicyClass \"gold\"; the"
                + " policy's own fields count");
  }

  @Test
  void labelsOfASidecarComeFromItsEnvironment() {
    AppLabels labels = AppLabels.of(Map.of("JITNEY_APP_LABELS", "tier=gold, team = pay,=x,oops"));

    assertThat(labels.labels())
        .containsExactlyInAnyOrderEntriesOf(Map.of("tier", "gold", "team", "pay"));
    assertThat(labels.problems()).hasSize(2);
    assertThat(AppLabels.of(Map.of())).isEqualTo(new AppLabels(Map.of(), List.of()));
  }
}
