package retake.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Shared by all programs of the contract tests: sends the requests of asked.json, and prints one line of JSON for each case. */
final class Contract {
  static final ObjectMapper json = new ObjectMapper();
  static final File askedFile = new File(System.getenv("RETAKE_ASKED"));
  static final JsonNode asked = readAsked();

  /** The results that an application sees in a case, with this base URL. */
  interface Case {
    Object see(String address) throws Exception;
  }

  interface Asking {
    void run() throws Exception;
  }

  interface Reading {
    void run(Consumer<String> onText) throws Exception;
  }

  private static JsonNode readAsked() {
    try {
      return json.readTree(askedFile);
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  static String ask(String name) {
    return asked.get(name).asText();
  }

  static String ask(String name, String field) {
    return asked.get(name).get(field).asText();
  }

  /** An attachment. */
  static File attached(String name) {
    return new File(askedFile.getParentFile(), ask(name, "file"));
  }

  static byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(attached(name).toPath());
  }

  static String base64(String name) throws IOException {
    return Base64.getEncoder().encodeToString(bytes(name));
  }

  static void runCases(String sdk, String version, Map<String, Case> cases) throws IOException {
    for (Map.Entry<String, Case> one : cases.entrySet()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("sdk", sdk);
      line.put("version", version);
      line.put("case", one.getKey());
      try {
        line.put("seen", one.getValue().see(addressOf(sdk, one.getKey())));
        line.put("status", "passed");
      } catch (Exception | AssertionError failure) {
        StringWriter detail = new StringWriter();
        failure.printStackTrace(new PrintWriter(detail));
        line.put("status", "failed");
        line.put("detail", detail.toString());
      }
      System.out.println(json.writeValueAsString(line));
    }
  }

  /** Cases whose requests are counted have separate URLs. */
  private static String addressOf(String sdk, String name) {
    String own = "/@" + name.replace(' ', '-') + "." + sdk;
    String played = System.getenv("RETAKE_PLAYED_URL");
    if (name.equals("a miss")) return played + own;
    boolean isScripted = name.contains("failure") || name.contains("abort");
    return isScripted ? System.getenv("RETAKE_SCRIPTED_URL") + own : played + "/@sdk";
  }

  /** The details of an SDK error that an application can read. */
  static Map<String, Object> seeError(Asking asking, Function<Throwable, Integer> statusOf) {
    try {
      asking.run();
    } catch (Exception error) {
      Map<String, Object> seen = new LinkedHashMap<>();
      seen.put("raised", error.getClass().getSimpleName());
      seen.put("status", statusOf.apply(error));
      return seen;
    }
    throw new AssertionError("Expected an error, but an answer came");
  }

  /** The received texts, and the error that ended them. */
  static Map<String, Object> seeBrokenStream(Reading reading, Function<Throwable, Integer> statusOf) {
    StringBuilder text = new StringBuilder();
    Map<String, Object> seen = seeError(() -> reading.run(text::append), statusOf);
    seen.put("text", text.toString());
    return seen;
  }

  /** Embeddings in a form that is the same in all languages, which print numbers differently. */
  static Map<String, Object> seeVectors(List<List<Float>> vectors) {
    List<Integer> dimensions = new ArrayList<>();
    List<List<Long>> beginnings = new ArrayList<>();
    for (List<Float> vector : vectors) {
      dimensions.add(vector.size());
      beginnings.add(vector.stream().limit(3).map(value -> Math.round(value * 10_000d)).toList());
    }
    return Map.of("dimensions", dimensions, "beginnings", beginnings);
  }
}
