package io.jitney.components.secretstores.localfile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jitney.components.spi.ComponentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads the file; blocks. Messages name the file as the resource does, and nothing of its content.
 */
final class SecretsFile {
  /** Far beyond any real file; keeps a wrong path from filling the memory of all tenants. */
  private static final int MAX_BYTES = 16 * 1024 * 1024;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private SecretsFile() {}

  static ObjectNode read(String name, Path path) {
    byte[] bytes = bytes(name, path);
    try {
      JsonNode tree = JSON.readTree(bytes);
      return switch (tree.getNodeType()) {
        case OBJECT -> (ObjectNode) tree;
        case NULL -> JSON.createObjectNode();
        case MISSING -> throw new ComponentException.Failed("unexpected end of JSON input");
        case ARRAY, BOOLEAN, NUMBER, STRING, BINARY, POJO ->
            throw new ComponentException.Failed(
                "json: cannot unmarshal "
                    + goKind(tree)
                    + " into Go value of type map[string]interface {}");
      };
    } catch (JsonEOFException e) {
      throw new ComponentException.Failed("unexpected end of JSON input");
    } catch (MismatchedInputException e) {
      throw new ComponentException.Failed("invalid character after top-level value");
    } catch (JsonProcessingException e) {
      throw new ComponentException.Failed(
          "invalid character in JSON at offset " + e.getLocation().getByteOffset());
    } catch (IOException e) {
      throw new ComponentException.Failed("read " + name + ": input/output error");
    }
  }

  private static String goKind(JsonNode tree) {
    return tree.isBoolean() ? "bool" : tree.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private static byte[] bytes(String name, Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      // A pipe would hold the thread, a device the memory.
      throw new ComponentException.Failed(
          "read "
              + name
              + ": "
              + (Files.isDirectory(path) ? "is a directory" : "not a regular file"));
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new ComponentException.Failed("read " + name + ": larger than 16 MiB");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new ComponentException.Failed("open " + name + ": no such file or directory");
    } catch (AccessDeniedException e) {
      throw new ComponentException.Failed("open " + name + ": permission denied");
    } catch (IOException e) {
      throw new ComponentException.Failed("read " + name + ": input/output error");
    }
  }
}
