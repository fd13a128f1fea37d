package io.jitney.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.admission.Quota;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class PolicyTableTest {
  private final TenantRegistry<AppInstance> registry = new TenantRegistry<>(new Quota(5, 0, 1_024));

  private JsonObject field(String app, String name) {
    return PolicyTable.of(registry, app, "").getJsonArray("fields").stream()
        .map(JsonObject.class::cast)
        .filter(field -> field.getString("field").equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatCountsWithoutAPolicyIsCalledByItsFlag() {
    JsonObject inFlight = field("red", "inFlight.total");
    assertThat(inFlight.getString("value")).isEqualTo("1024");
    assertThat(inFlight.getString("source")).isEqualTo("the daemon's --default-in-flight");
    assertThat(field("red", "rate").getString("source")).isEqualTo("the daemon's --default-rate");
    assertThat(field("red", "inFlight.unary").getString("source")).isEqualTo("built-in default");
  }

  @Test
  void anAppsOwnQuotaOverridesItForThatAppAlone() {
    registry.declare(new TenantId("default", "red"), new Quota(0, 0, 7));

    JsonObject red = field("red", "inFlight.total");

    assertThat(red.getString("value")).isEqualTo("7");
    assertThat(red.getJsonArray("overrides").encode())
        .contains("1024", "the daemon's --default-in-flight");
    assertThat(field("blue", "inFlight.total").getString("value")).isEqualTo("1024");
  }
}
