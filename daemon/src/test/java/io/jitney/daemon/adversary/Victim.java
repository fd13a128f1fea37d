package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;

/** The tenant that must come to no harm, and what it has. */
final class Victim {
  /** In everything that nobody else may see. */
  static final String CANARY = "canary";

  static final String TOKEN = "token-of-victim";
  static final String APP_TOKEN = CANARY + "-app-token";
  static final String STATE = CANARY + "-state";

  private final Tenant tenant;
  private final TestedApp app;
  private final RedisKeys keys;
  private final Map<String, String> stored;

  private Victim(Tenant tenant, TestedApp app, RedisKeys keys) throws IOException {
    this.tenant = tenant;
    this.app = app;
    this.keys = keys;
    this.stored = keys.values("victim||*");
  }

  static Victim start(AttackedNode node) throws Exception {
    TestedApp app = new TestedApp("victim");
    Tenant.Opening opening =
        node.open("victim")
            .token(TOKEN)
            .env("APP_API_TOKEN", APP_TOKEN)
            .env("PRIVATE", CANARY + "-variable")
            .app(app.port())
            .sharedStores();
    opening.secrets("vault", "{\"db\": {\"password\": \"" + CANARY + "-password\"}}");
    opening.secrets("strongroom-" + CANARY, "{\"key\": \"" + CANARY + "-key\"}");
    opening.component("memory", "state.in-memory");
    opening.component("memory-" + CANARY, "state.in-memory");
    opening.component("file", "state.sqlite", "connectionString", "data.db");
    opening.component("env", "secretstores.local.env");
    Tenant tenant = opening.start();
    for (String store : new String[] {"store", "memory", "memory-" + CANARY, "file"}) {
      String items =
          "[{\"key\": \"secret\", \"value\": \""
              + STATE
              + "\"},"
              + " {\"key\": \"|pipe\", \"value\": \""
              + STATE
              + "\"},"
              + " {\"key\": \"other\", \"value\": \""
              + STATE
              + "\"}]";
      tenant.send("POST /v1.0/state/" + store, items).ok();
    }
    tenant.send("PUT /v1.0/metadata/note", CANARY + "-note").ok();
    return new Victim(tenant, app, new RedisKeys(node.redis()));
  }

  Tenant tenant() {
    return tenant;
  }

  TestedApp app() {
    return app;
  }

  RedisKeys keys() {
    return keys;
  }

  /** Whatever was tried: it runs, and what it has is what it had. */
  void mustBeUntouched() throws IOException {
    assertThat(tenant.ended()).as("the victim ended").isFalse();
    assertThat(tenant.instance().extendedMetadata())
        .as("metadata of the victim")
        .isEqualTo(Map.of("note", CANARY + "-note"));
    assertThat(keys.values("victim||*")).as("state of the victim in Redis").isEqualTo(stored);
    for (String store : new String[] {"memory", "file"}) {
      assertThat(tenant.ask("GET /v1.0/state/" + store + "/secret").text())
          .as("state of the victim in " + store)
          .contains(STATE);
    }
    assertThat(app.forged()).as("calls of the victim's app that lie about the caller").isEmpty();
  }
}
