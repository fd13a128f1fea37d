package io.jitney.daemon.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.daemon.resources.HttpEndpointResource;
import io.jitney.daemon.resources.LoadedResources;
import io.jitney.daemon.resources.Property;
import io.jitney.daemon.resources.Property.SecretRef;
import io.jitney.daemon.resources.Resource;
import io.jitney.tenancy.scope.AppScopes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a component refers to: secrets, the environment, placeholders. */
class ComponentReferencesTest extends ComponentLoadingCase {
  @Test
  void secretsReplaceValuesAndMissingOnesLeaveThem() throws Exception {
    Property both = new Property("both", "literal", new SecretRef("s", ""), "");
    Property lost = new Property("lost", "literal", new SecretRef("nope", ""), "");
    Property field = new Property("field", "literal", new SecretRef("s", "other"), "");
    Draft x = component("x", "state.ok").secretStore("sec").secret("p", "s").secret("q", "nope");
    x.properties.addAll(List.of(both, lost, field));
    load(x, component("sec", "secretstores.map").value("s", "secret"));
    assertThat(opened("x", "p")).isEqualTo("secret");
    assertThat(opened("x", "q")).isEmpty();
    assertThat(opened("x", "both")).isEqualTo("secret");
    assertThat(opened("x", "lost")).isEqualTo("literal");
    assertThat(opened("x", "field")).isEqualTo("literal");
    assertLogged("error", "Error getting secret: secret nope not found");
    assertThat(log.lines()).filteredOn(line -> line.contains("nope not found")).hasSize(1);
  }

  @Test
  void componentsWaitForTheirSecretStore() throws Exception {
    load(
        component("two", "secretstores.map").secretStore("one").secret("k", "s"),
        component("x", "state.ok").secretStore("two").secret("p", "k"),
        component("one", "secretstores.map").value("s", "deep"),
        component("good", "state.ok"));
    assertThat(loaded()).containsExactly("one", "two", "x", "good");
    assertThat(opened("x", "p")).isEqualTo("deep");
    assertLogged("warning", "Component two references a secret store that isn't loaded: one");
  }

  @Test
  void withoutTheirSecretStoreTheyAreAbsent() throws Exception {
    load(
        component("x", "state.ok").secretStore("nowhere").secret("p", "k"),
        component("literal", "state.ok").secretStore("nowhere").value("p", "v"),
        component("unnamed", "state.ok").secret("p", "k").env("e", "E"));
    assertThat(loaded()).containsExactly("literal", "unnamed");
    assertThat(opened("unnamed", "p")).isEmpty();
    assertLogged("warning", "Component x references a secret store that isn't loaded: nowhere");
  }

  @Test
  void aFailedDependantThatMayBeMissingDoesNotHurtItsSecretStore() throws Exception {
    load(
        component("s", "secretstores.map").secretStore("t").secret("a", "k").ignoreErrors(),
        component("u", "secretstores.fails").secretStore("t").secret("a", "k").ignoreErrors(),
        component("t", "secretstores.map").value("k", "v"));
    assertThat(loaded()).containsExactly("t", "s");
  }

  @Test
  void aSecretStoreThatComesLaterReleasesWhatWaits() throws Exception {
    Draft waiting = component("x", "state.ok").secretStore("sec").secret("p", "s");
    load(waiting);
    assertThat(loaded()).isEmpty();
    loading().reload(resources(waiting, component("sec", "secretstores.map").value("s", "v")));
    assertThat(loaded()).containsExactly("sec", "x");
    loading().reload(resources(component("sec", "secretstores.map").value("s", "v")));
    assertThat(loaded()).containsExactly("sec");
  }

  @Test
  void environmentIsTheInstancesOwn() throws Exception {
    environment.putAll(
        Map.of("MINE", "m", "DAPR_X", "no", "APP_API_TOKEN", "no", "dapr_low", "no"));
    load(
        component("x", "state.ok")
            .env("mine", "MINE")
            .env("dapr", "DAPR_X")
            .env("token", "APP_API_TOKEN")
            .env("low", "dapr_low")
            .env("unset", "PATH")
            .env("blank", "A B"));
    assertThat(opened("x", "mine")).isEqualTo("m");
    for (String refused : List.of("dapr", "token", "low", "blank")) {
      assertThat(opened("x", refused)).isEmpty();
    }
    assertThat(opened("x", "unset")).isEmpty();
    assertLogged("warning", "Component x references an env variable that isn't allowed: DAPR_X");
    assertThat(log.lines()).filteredOn(line -> line.contains("isn't allowed")).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "ONE, true",
    "one, true",
    "THREE, true",
    "TWO, false",
    "ON, false",
    "DAPR_ONE, false"
  })
  void aListNarrowsTheEnvironment(String name, boolean allowed) {
    assertThat(ReferenceResolver.allowed(name, "ONE THREE DAPR_ONE")).isEqualTo(allowed);
  }

  @Test
  void placeholders() throws Exception {
    environment.putAll(Map.of("NAMESPACE", "prod", "POD_NAME", "pod-7"));
    load(
        component("x", "state.ok")
            .value("ids", "{appID}/{namespace}/{podName}/{appid}/{other}")
            .value("uuids", "{uuid} {uuid}"));
    assertThat(opened("x", "ids")).isEqualTo("a/prod.a/pod-7/{appid}/{other}");
    String[] uuids = opened("x", "uuids").split(" ", 2);
    assertThat(uuids[0]).hasSize(36).isNotEqualTo(uuids[1]);
  }

  @Test
  void thePodMustHaveAName() {
    assertThatThrownBy(() -> load(component("x", "state.ok").value("p", "{podName}")))
        .hasMessageContaining("property p refers to {podName} but podName is not set");
  }

  @Test
  void ofAPropertyThatIsThereTwiceTheLastCounts() throws Exception {
    load(component("x", "state.ok").value("p", "first").value("p", "second"));
    assertThat(opened("x", "p")).isEqualTo("second");
  }

  @Test
  void httpEndpointsAreResolved() throws Exception {
    environment.put("E", "from-env");
    HttpEndpointResource endpoint =
        new HttpEndpointResource(
            new Resource.Metadata("e", "", "sec", AppScopes.EVERY_APP),
            "http://x",
            List.of(
                new Property("x-secret", null, new SecretRef("s", ""), ""),
                new Property("x-env", null, null, "E"),
                new Property("x-missing", null, new SecretRef("nope", ""), "")),
            new HttpEndpointResource.Tls(
                new Property("rootCA", "CA", null, ""),
                new Property("certificate", null, new SecretRef("s", ""), ""),
                new Property("privateKey", null, null, ""),
                "Never"));
    loading()
        .load(
            new LoadedResources(
                List.of(component("sec", "secretstores.map").value("s", "secret").made()),
                List.of(endpoint),
                List.of(),
                List.of()));
    assertThat(instance().httpEndpoints())
        .containsExactly(
            new HttpEndpoint(
                "e",
                "http://x",
                Map.of("x-secret", "secret", "x-env", "from-env", "x-missing", ""),
                new HttpEndpoint.ClientTls("CA", "secret", "", "Never")));
  }
}
