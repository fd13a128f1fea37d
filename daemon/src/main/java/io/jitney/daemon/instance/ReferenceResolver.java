package io.jitney.daemon.instance;

import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.CallContext;
import io.jitney.daemon.resources.Property;
import io.jitney.daemon.resources.Property.SecretRef;
import io.jitney.daemon.resources.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Replaces {@code secretKeyRef} and {@code envRef} by values, from the instance's own secret stores
 * and environment. Waits for secret stores: for virtual threads.
 */
final class ReferenceResolver {
  private static final String SCOPE = "dapr.runtime.processor";
  private static final String ALLOW_LIST = "DAPR_ENV_KEYS";

  private final AppInstance instance;

  ReferenceResolver(AppInstance instance) {
    this.instance = instance;
  }

  /**
   * What came of it.
   *
   * @param missingStore name of a secret store that is not loaded; "" when none is missed
   */
  record Resolved(List<Property> properties, String missingStore) {}

  /**
   * Resolves the properties of a resource. What can not be resolved keeps its value, as daprd has
   * it: with an error line when the store failed, in silence when the field is not there.
   */
  Resolved resolve(Resource resource, List<Property> properties) throws InterruptedException {
    String store = resource.metadata().secretStore();
    Map<String, Map<String, String>> fetched = new HashMap<>();
    List<Property> resolved = new ArrayList<>(properties);
    boolean missing = false;
    for (int i = 0; i < resolved.size(); i++) {
      Property property = resolved.get(i);
      if (property.value() == null && !property.envRef().isEmpty()) {
        resolved.set(i, property.withValue(environment(resource, property.envRef())));
        continue;
      }
      SecretRef secret = property.secret();
      if (secret == null || missing) {
        continue;
      }
      SecretStore secrets = instance.components().secretStore(store);
      if (secrets == null) {
        missing = true;
        instance
            .log()
            .warn(
                SCOPE, named(resource) + " references a secret store that isn't loaded: " + store);
        continue;
      }
      Map<String, String> data = fetched.get(secret.name());
      if (data == null) {
        data = fetch(secrets, resource, secret);
        fetched.put(secret.name(), data);
      }
      String value = data.getOrDefault(secret.field(), "");
      if (!value.isEmpty()) {
        resolved.set(i, property.withValue(value));
      }
    }
    return new Resolved(resolved, missing ? store : "");
  }

  private Map<String, String> fetch(SecretStore secrets, Resource resource, SecretRef secret)
      throws InterruptedException {
    try {
      return get(secrets, resource, secret);
    } catch (ExecutionException failed) {
      instance.log().error(SCOPE, "Error getting secret: " + CauseText.of(failed));
    } catch (TimeoutException late) {
      instance.log().error(SCOPE, "Error getting secret: context deadline exceeded");
    }
    return Map.of();
  }

  /** One secret; waits. */
  Map<String, String> get(SecretStore secrets, Resource resource, SecretRef secret)
      throws InterruptedException, ExecutionException, TimeoutException {
    CallContext context = instance.callContext(null);
    return secrets
        .get(context, secret.name(), Map.of("namespace", resource.metadata().namespace()))
        .toCompletionStage()
        .toCompletableFuture()
        .get(context.remainingMillis(), TimeUnit.MILLISECONDS);
  }

  private String environment(Resource resource, String name) {
    Map<String, String> environment = instance.settings().environment();
    if (allowed(name, environment.getOrDefault(ALLOW_LIST, ""))) {
      return environment.getOrDefault(name, "");
    }
    instance
        .log()
        .warn(SCOPE, named(resource) + " references an env variable that isn't allowed: " + name);
    return "";
  }

  /**
   * daprd's rule: never its own variables nor the app's token, and only listed ones where there is
   * a list.
   */
  static boolean allowed(String name, String allowList) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (upper.isEmpty()
        || upper.equals("APP_API_TOKEN")
        || upper.startsWith("DAPR_")
        || upper.contains(" ")) {
      return false;
    }
    return allowList.isEmpty() || Arrays.asList(allowList.split(" ")).contains(upper);
  }

  private static String named(Resource resource) {
    return resource.kind() + " " + resource.metadata().name();
  }
}
