package io.jitney.components.bindings.localstorage;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * {@code bindings.localstorage}: files below {@code rootPath}, and nothing else. At most {@value
 * #AT_ONCE} file operations of a component run at one time, {@value #MOST_WAITING} wait.
 */
public final class LocalStorageBinding implements OutputBinding {
  static final int AT_ONCE = 8;
  static final int MOST_WAITING = 1024;

  /** A file is answered as a whole. */
  private static final long LARGEST = 100L << 20;

  private static final int MOST_LISTED = 100_000;
  private static final List<String> OPERATIONS = List.of("create", "get", "list", "delete");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ConfinedRoot root;
  private final Semaphore places = new Semaphore(AT_ONCE, true);
  private final AtomicInteger calls = new AtomicInteger();

  private LocalStorageBinding(ConfinedRoot root) {
    this.root = root;
  }

  /** The factory. */
  public static Future<OutputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    String folder = spec.metadata().get("rootPath", "");
    if (folder.isEmpty()) {
      return failed("property rootPath must not be empty");
    }
    Promise<OutputBinding> promise = Promise.promise();
    Thread.ofVirtual()
        .name("open " + spec.name())
        .start(
            () -> {
              try {
                Path path = opening.workingDirectory().resolve(folder);
                promise.complete(new LocalStorageBinding(ConfinedRoot.open(path)));
              } catch (IOException | RuntimeException failure) {
                promise.fail(new ComponentException.Failed(String.valueOf(failure.getMessage())));
              }
            });
    return promise.future();
  }

  private static <T> Future<T> failed(String message) {
    return Future.failedFuture(new ComponentException.Failed(message));
  }

  @Override
  public List<String> operations() {
    return OPERATIONS;
  }

  @Override
  public Future<BindingResponse> invoke(CallContext context, BindingRequest request) {
    if (calls.incrementAndGet() > AT_ONCE + MOST_WAITING) {
      calls.decrementAndGet();
      return Future.failedFuture(
          new ComponentException.Overloaded("too many calls wait for the file system"));
    }
    ContextInternal home = ContextInternal.current();
    Promise<BindingResponse> promise = home == null ? Promise.promise() : home.promise();
    Thread.ofVirtual().name("localstorage").start(() -> run(context, request, promise));
    return promise.future();
  }

  private void run(CallContext context, BindingRequest request, Promise<BindingResponse> promise) {
    try {
      if (!places.tryAcquire(
          context.remainingMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
        promise.fail(new ComponentException.Failed("context deadline exceeded"));
        return;
      }
      try {
        promise.complete(work(request));
      } finally {
        places.release();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      promise.tryFail(new ComponentException.Failed("interrupted"));
    } catch (ComponentException known) {
      promise.tryFail(known);
    } catch (IOException | RuntimeException failure) {
      promise.tryFail(new ComponentException.Failed(String.valueOf(failure.getMessage())));
    } finally {
      calls.decrementAndGet();
    }
  }

  private BindingResponse work(BindingRequest request) throws IOException {
    String name = request.metadata().getOrDefault("fileName", "");
    return switch (request.operation()) {
      case "create" -> create(name.isEmpty() ? UUID.randomUUID().toString() : name, request.data());
      case "get" -> get(resolve(name));
      case "list" -> list(resolve(name));
      case "delete" -> delete(resolve(name));
      default ->
          throw new ComponentException.Failed("invalid operation type: " + request.operation());
    };
  }

  private Path resolve(String name) {
    try {
      return root.resolve(name);
    } catch (IOException failure) {
      throw new ComponentException.Failed(
          "error getting absolute path for file " + name + ": " + GoFileErrors.reason(failure));
    }
  }

  private BindingResponse create(String name, Buffer data) throws IOException {
    Path path = resolve(name);
    Path folder = path.equals(root.root()) ? path : path.getParent();
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException file) {
      throw new ComponentException.Failed(
          "error creating directory " + folder + ": mkdir " + file.getFile() + ": not a directory");
    } catch (IOException failure) {
      throw new ComponentException.Failed(
          "error creating directory "
              + folder
              + ": mkdir "
              + folder
              + ": "
              + GoFileErrors.reason(failure));
    }
    try {
      if (Files.isDirectory(path)) {
        throw new ComponentException.Failed(
            "error creating file " + path + ": open " + path + ": is a directory");
      }
      Files.write(path, CreateData.of(data.getBytes()));
    } catch (IOException failure) {
      throw new ComponentException.Failed(
          "error creating file " + path + ": open " + path + ": " + GoFileErrors.reason(failure));
    }
    Map<String, String> answer = Map.of("fileName", root.root().relativize(path).toString());
    return new BindingResponse(Buffer.buffer(JSON.writeValueAsBytes(answer)), Map.of());
  }

  private static BindingResponse get(Path path) {
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      if (file.isDirectory()) {
        throw new ComponentException.Failed(
            "error reading file " + path + ": read " + path + ": is a directory");
      }
      if (!file.isRegularFile()) { // a pipe or a device may never end
        throw new ComponentException.Failed(
            "error reading file " + path + ": read " + path + ": not a regular file");
      }
      if (file.size() > LARGEST) {
        throw new ComponentException.Failed(
            "error reading file " + path + ": read " + path + ": file too large");
      }
      return new BindingResponse(Buffer.buffer(Files.readAllBytes(path)), Map.of());
    } catch (NoSuchFileException missing) {
      throw new ComponentException.Failed("file not found: " + path);
    } catch (IOException failure) {
      throw new ComponentException.Failed(
          "error reading file " + path + ": open " + path + ": " + GoFileErrors.reason(failure));
    }
  }

  private static BindingResponse delete(Path path) {
    try {
      Files.delete(path);
      return BindingResponse.NONE;
    } catch (IOException failure) {
      throw new ComponentException.Failed(
          "error deleting file " + path + ": remove " + path + ": " + GoFileErrors.reason(failure));
    }
  }

  private static BindingResponse list(Path path) throws IOException {
    BasicFileAttributes file;
    try {
      file = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException failure) {
      throw new ComponentException.Failed(
          "error getting stats for path "
              + path
              + ": stat "
              + path
              + ": "
              + GoFileErrors.reason(failure));
    }
    if (!file.isDirectory()) {
      throw new ComponentException.Failed(
          "unable to list files as the file specified is not a directory [" + path + "]");
    }
    List<String> found = new ArrayList<>();
    walk(path, found);
    if (found.isEmpty()) {
      return new BindingResponse(Buffer.buffer("null"), Map.of()); // what Go makes of no list
    }
    return new BindingResponse(Buffer.buffer(JSON.writeValueAsBytes(found)), Map.of());
  }

  /** By name within each folder, as Go walks. */
  private static void walk(Path folder, List<String> found) throws IOException {
    List<Path> entries;
    try (Stream<Path> children = Files.list(folder)) {
      entries = children.sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException gone) {
      return;
    }
    for (Path entry : entries) {
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        walk(entry, found);
      } else if (found.size() == MOST_LISTED) {
        throw new ComponentException.Failed("error listing files: too many");
      } else {
        found.add(entry.toString());
      }
    }
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
