import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Finishes the folder that the launchers start the daemon from (docs/adr/0002). Run by the build
 * under the JDK 25, after the jars of the dependencies were copied to {@code lib}:
 *
 * <pre>
 *   java Dist.java DIST OWN_JAR JVM_OPTIONS AOT_SKIP
 * </pre>
 *
 * <p>Writes {@code java-home} (the JDK that made the AOT cache: it fits no other), {@code
 * jvm.options}, {@code jitney.aot} by a training run of the daemon, {@code jitney.aot.jars} by
 * which the launcher sees whether it still fits, and last {@code classpath}, which says that the
 * build is finished.
 */
final class Dist {
  private static final String MAIN = "io.jitney.daemon.Main";
  private static final int MOST_SECONDS = 180;

  private final Path dist;
  private final Path lib;
  private final Path cache;

  private Dist(Path dist) {
    this.dist = dist;
    lib = dist.resolve("lib");
    cache = dist.resolve("jitney.aot");
  }

  public static void main(String[] args) throws Exception {
    Dist dist = new Dist(Path.of(args[0]));
    dist.make(Path.of(args[1]), Path.of(args[2]), Boolean.parseBoolean(args[3]));
  }

  private void make(Path ownJar, Path options, boolean withoutCache) throws Exception {
    Files.copy(
        ownJar,
        lib.resolve(ownJar.getFileName()),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES);
    List<String> jars = jars();
    List<String> jvmOptions =
        Files.readAllLines(options).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();

    String print = fingerprint(jars, jvmOptions);
    Path printed = dist.resolve("jitney.aot.inputs");
    boolean fits =
        Files.exists(cache) && Files.exists(printed) && Files.readString(printed).equals(print);
    if (!fits) {
      // A cache that fits other jars would only be refused with a warning at every start.
      Files.deleteIfExists(cache);
      if (!withoutCache) {
        train(jars, jvmOptions);
        Files.write(dist.resolve("jitney.aot.jars"), listing(jars));
        Files.writeString(printed, print);
        System.out.printf("AOT cache: %,d KB%n", Files.size(cache) / 1024);
      }
    }

    List<String> written = new ArrayList<>(jvmOptions);
    if (Files.exists(cache)) {
      written.add("-XX:AOTCache=@dist@/jitney.aot");
    }
    Files.write(dist.resolve("jvm.options"), written);
    Files.writeString(dist.resolve("java-home"), System.getProperty("java.home") + "\n");
    Files.writeString(dist.resolve("classpath"), String.join(":", jars) + "\n");
  }

  /** Jitney's own jars first, the rest by name: the AOT cache is bound to the order. */
  private List<String> jars() throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      List<String> names =
          files
              .map(f -> f.getFileName().toString())
              .filter(n -> n.endsWith(".jar"))
              .sorted()
              .toList();
      return Stream.concat(
              names.stream().filter(Dist::isOwn), names.stream().filter(n -> !isOwn(n)))
          .toList();
    }
  }

  private static boolean isOwn(String jar) {
    return jar.startsWith("jitney-");
  }

  private String fingerprint(List<String> jars, List<String> jvmOptions)
      throws IOException, NoSuchAlgorithmException {
    StringBuilder inputs = new StringBuilder(System.getProperty("java.vm.version"));
    inputs.append(jvmOptions);
    for (String jar : jars) {
      Path file = lib.resolve(jar);
      inputs
          .append(jar)
          .append(Files.size(file))
          .append(Files.getLastModifiedTime(file).toMillis());
    }
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(inputs.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  /** By which bin/jitney sees whether a jar is another one: name, bytes, time in seconds. */
  private List<String> listing(List<String> jars) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String jar : jars) {
      Path file = lib.resolve(jar);
      lines.add(
          jar
              + " "
              + Files.size(file)
              + " "
              + Files.getLastModifiedTime(file).to(TimeUnit.SECONDS));
    }
    return lines;
  }

  private void train(List<String> jars, List<String> jvmOptions) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-XX:AOTCacheOutput=" + cache);
    command.add("-cp");
    command.add(String.join(":", jars.stream().map(j -> lib.resolve(j).toString()).toList()));
    command.add(MAIN);
    command.add("train");
    Path log = dist.resolve("train.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw failed("took more than " + MOST_SECONDS + " s", log);
    }
    if (process.exitValue() != 0) {
      throw failed("ended with exit code " + process.exitValue(), log);
    }
    if (!Files.exists(cache)) {
      throw failed("left no cache", log);
    }
  }

  private static IllegalStateException failed(String what, Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    System.err.println(
        String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size())));
    return new IllegalStateException("The training run for the AOT cache " + what + ": see " + log);
  }
}
