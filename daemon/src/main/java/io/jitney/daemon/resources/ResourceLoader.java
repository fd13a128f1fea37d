package io.jitney.daemon.resources;

import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.telemetry.InstanceLog;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Loads the resource folders of one app instance (spec 05 section 2.1). A broken document is warned
 * about and skipped; a duplicate name ends the instance. Blocks on the file system: call it on the
 * instance's virtual thread.
 */
public final class ResourceLoader {
  private static final String SCOPE = "dapr.runtime.loader.disk";
  private static final String GROUP = "dapr.io/v1alpha1";
  private static final String GROUP_V2 = "dapr.io/v2alpha1";

  /** Kinds that daprd reads and this version does not, with their versions. */
  private static final Set<String> NOT_SERVED =
      Set.of(GROUP + "/WorkflowAccessPolicy", GROUP + "/MCPServer");

  private final InstanceSettings settings;
  private final InstanceLog log;
  private final List<ComponentResource> components = new ArrayList<>();
  private final List<HttpEndpointResource> httpEndpoints = new ArrayList<>();
  private final List<ResiliencyResource> resiliencies = new ArrayList<>();
  private final Map<String, SubscriptionResource> subscriptions = new LinkedHashMap<>();
  private final Map<String, Resource> accepted = new HashMap<>();
  private final Set<String> notServed = new HashSet<>();
  private String httpEndpointFailure = "";

  private ResourceLoader(InstanceSettings settings, InstanceLog log) {
    this.settings = settings;
    this.log = log;
  }

  /**
   * Loads everything that is for this instance.
   *
   * @throws StartupFailure when a folder can not be read or a component's name is there twice
   */
  public static LoadedResources load(InstanceSettings settings, InstanceLog log)
      throws StartupFailure {
    ResourceLoader loader = new ResourceLoader(settings, log);
    for (Path folder : settings.resources().folders()) {
      loader.folder(folder);
    }
    return loader.loaded();
  }

  /** A duplicate HTTPEndpoint costs the app all of them, as with daprd, but not its start. */
  private LoadedResources loaded() {
    if (httpEndpointFailure.isEmpty()) {
      return new LoadedResources(components, httpEndpoints, resiliencies, subscriptions());
    }
    log.warn(SCOPE, "failed to load HTTP endpoints: " + httpEndpointFailure);
    return new LoadedResources(components, List.of(), resiliencies, subscriptions());
  }

  private void folder(Path folder) throws StartupFailure {
    for (Path file : files(folder)) {
      String name = String.valueOf(file.getFileName());
      String lower = name.toLowerCase(Locale.ROOT);
      if (!lower.endsWith(".yaml") && !lower.endsWith(".yml")) {
        log.warn(
            SCOPE, "A non-YAML Component file " + name + " was detected, it will not be loaded");
        continue;
      }
      List<String> documents;
      try {
        documents = ResourceFile.documents(file);
      } catch (IOException unreadable) {
        log.warn(
            SCOPE,
            "daprd load Component error when opening file " + file + ": " + reason(unreadable));
        continue;
      }
      for (int at = 0; at < documents.size(); at++) {
        document(file, at, documents.get(at));
      }
    }
  }

  /** Files, not folders, by name in the order of their bytes. */
  private static List<Path> files(Path folder) throws StartupFailure {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (!Files.isDirectory(entry, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
          files.add(entry);
        }
      }
    } catch (NoSuchFileException missing) {
      throw failed("open " + folder + ": no such file or directory");
    } catch (java.nio.file.NotDirectoryException file) {
      throw failed("open " + folder + ": not a directory");
    } catch (IOException unreadable) {
      throw failed("open " + folder + ": " + reason(unreadable));
    }
    files.sort(java.util.Comparator.comparing(file -> String.valueOf(file.getFileName())));
    return files;
  }

  private static StartupFailure failed(String cause) {
    return new StartupFailure(1, "failed to load components: " + cause);
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case java.nio.file.AccessDeniedException denied -> "permission denied";
      case NoSuchFileException missing -> "no such file or directory";
      default -> String.valueOf(failure.getMessage());
    };
  }

  private void document(Path file, int at, String text) throws StartupFailure {
    if (text.isBlank()) {
      return;
    }
    if (ResourceFile.tooLong(text)) {
      warn(file, at, "document is longer than " + ResourceFile.MAX_DOCUMENT + " bytes");
      return;
    }
    try {
      Fields document = Fields.of(YamlReader.read(text), "", Fields.Style.RESOURCE);
      if (document.text("kind").equals("Resiliency")) {
        resiliency(file, at, document);
        return;
      }
      read(file, at, document.text("apiVersion") + "/" + document.text("kind"), document);
    } catch (YamlReader.NotYaml broken) {
      warn(file, at, "error converting YAML to JSON: " + broken.getMessage());
    } catch (Fields.WrongType wrong) {
      warn(file, at, "error unmarshaling JSON: while decoding JSON: " + wrong.getMessage());
    }
  }

  private void read(Path file, int at, String kind, Fields document)
      throws Fields.WrongType, StartupFailure {
    switch (kind) {
      case GROUP + "/Component" -> {
        ComponentResource component = ResourceReader.component(document);
        if (accept(file, at, component)) {
          components.add(component);
        }
      }
      case GROUP + "/HTTPEndpoint" -> {
        HttpEndpointResource endpoint = ResourceReader.httpEndpoint(document);
        if (accept(file, at, endpoint)) {
          httpEndpoints.add(endpoint);
        }
      }
      case GROUP + "/Subscription" -> replace(ResourceReader.subscriptionV1(document));
      case GROUP_V2 + "/Subscription" -> replace(ResourceReader.subscriptionV2(document));
      default -> {
        if (NOT_SERVED.contains(kind) && notServed.add(kind)) {
          log.warn(
              SCOPE,
              "resources of kind " + kind + " are not served by this version and have no effect");
        }
      }
    }
  }

  /**
   * daprd has a reader of its own for these: the first document of a file, any version, any
   * namespace, any number of one name. A broken one is logged and costs nothing else.
   */
  private void resiliency(Path file, int at, Fields document) throws Fields.WrongType {
    String name = document.object("metadata").text("name");
    if (at > 0) {
      warn(file, at, "Resiliency is read from the first document of a file only; ignored: " + name);
      return;
    }
    try {
      ResiliencyResource resiliency = ResourceReader.resiliency(document);
      if (resiliency.metadata().scopes().includes(settings.appId())
          && settings.resources().uses(name)) {
        resiliencies.add(resiliency);
      }
    } catch (Fields.WrongType wrong) {
      log.error(
          "dapr.runtime.resiliency",
          "Could not read resiliency policy " + name + ": " + wrong.getMessage());
    }
  }

  /**
   * Namespace, then duplicates, then scopes: daprd's order, so a duplicate counts even for another
   * app.
   */
  private boolean accept(Path file, int at, Resource resource) throws StartupFailure {
    Resource.Metadata metadata = resource.metadata();
    String problem = nameProblem(metadata.name());
    if (!problem.isEmpty()) {
      warn(
          file,
          at,
          "invalid name \"" + metadata.name() + "\" for \"" + resource.kind() + "\": " + problem);
      return false;
    }
    String namespace = settings.namespace();
    if (!namespace.isEmpty()
        && !metadata.namespace().isEmpty()
        && !namespace.equals(metadata.namespace())) {
      return false;
    }
    Resource existing = accepted.get(resource.kind() + "/" + metadata.name());
    if (existing != null) {
      String duplicate =
          "duplicate definition of %s name %s with existing %s"
              .formatted(resource.kind(), resource.logName(), existing.logName());
      switch (resource) {
        case ComponentResource component -> throw failed(duplicate);
        case HttpEndpointResource endpoint -> {
          httpEndpointFailure = duplicate;
          return false;
        }
        case ResiliencyResource another -> throw new IllegalStateException(duplicate);
        case SubscriptionResource subscription -> throw new IllegalStateException(duplicate);
      }
    }
    if (!metadata.scopes().includes(settings.appId())
        || !settings.resources().uses(metadata.name())) {
      return false;
    }
    accepted.put(resource.kind() + "/" + metadata.name(), resource);
    return true;
  }

  /** Of several of one name the last counts, and where it stands; whatever their namespaces. */
  private void replace(SubscriptionResource subscription) {
    String name = subscription.metadata().name();
    subscriptions.remove(name);
    subscriptions.put(name, subscription);
  }

  /** Scopes come last: one that is not for this app may have replaced one that was. */
  private List<SubscriptionResource> subscriptions() {
    return subscriptions.values().stream()
        .filter(
            subscription ->
                subscription.metadata().scopes().includes(settings.appId())
                    && settings.resources().uses(subscription.metadata().name()))
        .toList();
  }

  /** Kubernetes' rule for path segments, in its words. */
  private static String nameProblem(String name) {
    if (name.equals(".") || name.equals("..")) {
      return "may not be '" + name + "'";
    }
    List<String> problems = new ArrayList<>();
    for (String illegal : List.of("/", "%")) {
      if (name.contains(illegal)) {
        problems.add("may not contain '" + illegal + "'");
      }
    }
    return String.join("; ", problems);
  }

  private void warn(Path file, int at, String problem) {
    log.warn(
        SCOPE,
        "daprd load Component error when parsing manifests yaml resource in %s (document %d): %s"
            .formatted(file, at + 1, problem));
  }
}
