package io.jitney.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.Reason;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UsageHistoryTest {
  private static final Instant START = Instant.parse("2026-11-21T22:00:00Z");

  private Instant now = START;
  private final TenantRegistry<AppInstance> registry = new TenantRegistry<>();
  private final UsageHistory history = new UsageHistory(registry, () -> now);
  private final Tenant red = declare("red");
  private final Tenant blue = declare("blue");

  @AfterEach
  void close() {
    history.close();
  }

  private Tenant declare(String app) {
    return registry.declare(new TenantId("default", app), Quota.UNLIMITED);
  }

  private static void uses(Tenant tenant, int calls) {
    for (int i = 0; i < calls; i++) {
      tenant.counters().call("state");
      tenant.counters().store(1_000);
      tenant.counters().bytesIn(10);
    }
  }

  private void after(int seconds) {
    for (int i = 0; i < seconds / 10; i++) {
      now = now.plusSeconds(10);
      history.look();
    }
  }

  private JsonObject of(String app, Duration since) {
    return history.usage(since).getJsonArray("tenants").stream()
        .map(JsonObject.class::cast)
        .filter(one -> one.getString("appId").equals(app))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutATimeEverythingCounts() {
    uses(red, 3);
    after(60);
    uses(red, 4);
    uses(blue, 1);

    assertThat(of("red", null).getLong("storeCalls")).isEqualTo(7);
    assertThat(of("blue", null).getLong("storeCalls")).isEqualTo(1);
    assertThat(history.usage(null).getString("since")).isEqualTo(START.toString());
  }

  @Test
  void sinceATimeOnlyTheDifferenceCountsEachTenantsOwn() {
    uses(red, 100);
    red.counters().refused(Reason.RATE);
    after(60);
    uses(red, 5);
    uses(blue, 2);
    blue.counters().refused(Reason.RATE);
    after(20);

    JsonObject reds = of("red", Duration.ofSeconds(30));
    assertThat(reds.getLong("storeCalls")).isEqualTo(5);
    assertThat(reds.getLong("storeNanos")).isEqualTo(5_000);
    assertThat(reds.getLong("bytesIn")).isEqualTo(50);
    assertThat(reds.getJsonObject("callsByApi")).isEqualTo(new JsonObject().put("state", 5L));
    assertThat(reds.getJsonObject("refusals")).isEmpty();
    JsonObject blues = of("blue", Duration.ofSeconds(30));
    assertThat(blues.getLong("storeCalls")).isEqualTo(2);
    assertThat(blues.getJsonObject("refusals"))
        .isEqualTo(new JsonObject().put(Reason.RATE.code(), 1L));
    assertThat(of("red", Duration.ofSeconds(10)).getJsonObject("callsByApi")).isEmpty();
  }

  @Test
  void theAnswerSaysFromWhenItCounts() {
    after(60);

    JsonObject answer = history.usage(Duration.ofSeconds(15));

    assertThat(answer.getString("since")).isEqualTo(START.plusSeconds(40).toString());
    assertThat(answer.getDouble("seconds")).isEqualTo(20);
    assertThat(history.usage(Duration.ofHours(5)).getString("since")).isEqualTo(START.toString());
  }

  @Test
  void whoCameLaterCountsFromItsBeginning() {
    after(60);
    uses(declare("green"), 6);
    after(20);

    assertThat(of("green", Duration.ofSeconds(60)).getLong("storeCalls")).isEqualTo(6);
  }

  @Test
  void historyIsBoundedAndTheOldestThatIsLeftCounts() {
    uses(red, 1);
    after(10 * (UsageHistory.MOST_ROWS / 2 + 100));
    uses(red, 1);

    JsonObject answer = history.usage(Duration.between(START, now).minusSeconds(60));

    assertThat(answer.getString("since")).isEqualTo(START.plusSeconds(1_010).toString());
    assertThat(of("red", Duration.between(START, now).minusSeconds(60)).getLong("storeCalls"))
        .isEqualTo(1);
  }
}
