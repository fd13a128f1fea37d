package io.jitney.components.secretstores.localenv;

import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.LenientMetadata;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code secretstores.local.env}: a secret is a variable of the app instance's environment, which
 * is what its launcher had; the daemon's own is never read. Dapr's variables and the app's token
 * are withheld.
 */
public final class LocalEnvSecretStore implements SecretStore {
  private final Map<String, String> environment;
  private final String prefix;
  private final ComponentLog log;

  private LocalEnvSecretStore(Map<String, String> environment, String prefix, ComponentLog log) {
    this.environment = environment;
    this.prefix = prefix;
    this.log = log;
  }

  /** The factory. Metadata: {@code prefix}, put before every asked name. */
  public static Future<SecretStore> open(ComponentSpec spec, ComponentOpening opening) {
    try {
      String prefix = new LenientMetadata(spec.metadata()).text("prefix");
      return Future.succeededFuture(
          new LocalEnvSecretStore(
              opening.environment(), prefix == null ? "" : prefix, opening.log()));
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Set<String> features() {
    return Set.of();
  }

  /** A variable that is not set, or withheld, is an empty secret. */
  @Override
  public Future<Map<String, String>> get(
      CallContext context, String name, Map<String, String> metadata) {
    String variable = prefix + name;
    if (isWithheld(variable)) {
      log.warn("Access to env var " + name + " is forbidden");
      return Future.succeededFuture(Map.of(name, ""));
    }
    return Future.succeededFuture(Map.of(name, environment.getOrDefault(variable, "")));
  }

  @Override
  public Future<Map<String, Map<String, String>>> bulkGet(
      CallContext context, Map<String, String> metadata) {
    Map<String, Map<String, String>> secrets = new HashMap<>();
    environment.forEach(
        (variable, value) -> {
          boolean matches =
              prefix.isEmpty()
                  || (variable.startsWith(prefix) && variable.length() > prefix.length());
          if (matches && !isWithheld(variable)) {
            String name = variable.substring(prefix.length());
            secrets.put(name, Map.of(name, value));
          }
        });
    return Future.succeededFuture(secrets);
  }

  private static boolean isWithheld(String variable) {
    String name = variable.toUpperCase(Locale.ROOT);
    return name.equals("APP_API_TOKEN") || name.startsWith("DAPR_");
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
