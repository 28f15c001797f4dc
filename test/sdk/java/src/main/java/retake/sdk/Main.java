package retake.sdk;

public final class Main {
  public static void main(String[] words) throws Exception {
    String faults = System.getenv("RETAKE_FAULTS");
    if (faults != null) Faults.run(faults);
    else runContract();
    // The clients keep threads that would keep the program running.
    System.exit(0);
  }

  private static void runContract() throws java.io.IOException {
    Contract.runCases("genai-java", versionOf("genai"), GenaiCases.all());
    Contract.runCases("openai-java", versionOf("openai"), OpenaiCases.all());
  }

  /** The versions in pom.xml. */
  static String versionOf(String sdk) throws java.io.IOException {
    java.util.Properties versions = new java.util.Properties();
    try (java.io.InputStream opened = Main.class.getResourceAsStream("/versions.properties")) {
      versions.load(opened);
    }
    return versions.getProperty(sdk);
  }
}
