package io.jitney.components.secretstores.localfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.LenientMetadata;
import io.vertx.core.Future;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** {@code secretstores.local.file}: secrets of a JSON file, flat or with several values each. */
public final class LocalFileSecretStore implements SecretStore {
  private final Map<String, Map<String, String>> secrets;
  private final Set<String> features;

  private LocalFileSecretStore(Map<String, Map<String, String>> secrets, boolean multiValued) {
    this.secrets = secrets;
    this.features = multiValued ? Set.of("MULTIPLE_KEY_VALUES_PER_SECRET") : Set.of();
  }

  /**
   * The factory. Metadata: {@code secretsFile} (relative to the app instance's working directory),
   * {@code nestedSeparator} ({@code :}), {@code multiValued}. Later changes of the file are not
   * seen.
   */
  public static Future<SecretStore> open(ComponentSpec spec, ComponentOpening opening) {
    try {
      LenientMetadata metadata = new LenientMetadata(spec.metadata());
      String file = metadata.text("secretsFile");
      if (file == null || file.isEmpty()) {
        throw new ComponentException.Failed("missing local secrets file in metadata");
      }
      Path path = opening.workingDirectory().resolve(file);
      String separator = metadata.text("nestedSeparator");
      boolean multiValued = metadata.truthy("multiValued");
      SecretsTree tree =
          new SecretsTree(separator == null || separator.isEmpty() ? ":" : separator);
      return opening
          .node()
          .vertx()
          .<SecretStore>executeBlocking(
              () -> {
                ObjectNode json = SecretsFile.read(file, path);
                return new LocalFileSecretStore(
                    multiValued ? tree.multiValued(json) : tree.flat(json), multiValued);
              },
              false)
          .map(Objects::requireNonNull);
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    } catch (InvalidPathException e) {
      return Future.failedFuture(
          new ComponentException.Failed("open secretsFile: invalid argument"));
    }
  }

  @Override
  public Set<String> features() {
    return features;
  }

  @Override
  public Future<Map<String, String>> get(
      CallContext context, String name, Map<String, String> metadata) {
    Map<String, String> secret = secrets.get(name);
    return secret == null
        ? Future.failedFuture(new ComponentException.Failed("secret " + name + " not found"))
        : Future.succeededFuture(secret);
  }

  @Override
  public Future<Map<String, Map<String, String>>> bulkGet(
      CallContext context, Map<String, String> metadata) {
    return Future.succeededFuture(secrets);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
