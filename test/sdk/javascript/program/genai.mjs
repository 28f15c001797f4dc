import {address, asked, readAsked, seeAbort, seeBrokenStream, seeError} from './contract.mjs';

const model = asked.gemini;
const settings = {temperature: 0, maxOutputTokens: asked.maxTokens};
const textOf = reply => reply.text ?? '';

/** The cases of @google/genai, for any version. */
export function genaiCases({GoogleGenAI, FunctionCallingConfigMode}) {
  const models = () => new GoogleGenAI({apiKey: 'placeholder', httpOptions: {baseUrl: address()}}).models;
  const files = () => new GoogleGenAI({apiKey: 'placeholder', httpOptions: {baseUrl: address()}}).files;
  const ask = (contents, config = {}) =>
    models().generateContent({model, contents, config: {...settings, ...config}});
  const readAll = async (contents, onText, config = {}) => {
    const stream = await models().generateContentStream({model, contents, config: {...settings, ...config}});
    let last;
    for await (const piece of stream) {
      if (piece.text) onText(piece.text);
      last = piece;
    }
    return last;
  };

  return {
    async unary() {
      const reply = await ask(asked.unary);
      return {
        text: textOf(reply),
        inputTokens: reply.usageMetadata.promptTokenCount,
        outputTokens: reply.usageMetadata.candidatesTokenCount,
      };
    },
    async stream() {
      const pieces = [];
      const last = await readAll(asked.stream, text => pieces.push(text));
      return {pieces, outputTokens: last.usageMetadata.candidatesTokenCount};
    },
    async system() {
      const {instruction, question} = asked.system;
      return {text: textOf(await ask(question, {systemInstruction: instruction}))};
    },
    async 'multi-turn'() {
      const [said, answered, question] = asked['multi-turn'];
      const contents = [
        {role: 'user', parts: [{text: said}]},
        {role: 'model', parts: [{text: answered}]},
        {role: 'user', parts: [{text: question}]},
      ];
      return {text: textOf(await ask(contents))};
    },
    async 'structured output'() {
      const {question, schema} = asked['structured output'];
      const config = {responseMimeType: 'application/json', responseJsonSchema: schema};
      return JSON.parse(textOf(await ask(question, config)));
    },
    async 'tool loop'() {
      const {question, name, description, parameters, result} = asked['tool loop'];
      const tools = [{functionDeclarations: [{name, description, parametersJsonSchema: parameters}]}];
      const functionCallingConfig = {mode: FunctionCallingConfigMode.ANY};
      const user = {role: 'user', parts: [{text: question}]};
      const reply = await ask([user], {tools, toolConfig: {functionCallingConfig}});
      const [call] = reply.functionCalls;
      const content = reply.candidates[0].content;
      const functionResponse = {id: call.id, name, response: result};
      const answer = await ask([user, content, {role: 'user', parts: [{functionResponse}]}], {tools});
      return {name: call.name, arguments: call.args, text: textOf(answer)};
    },
    async image() {
      const inlineData = {mimeType: 'image/png', data: readAsked('image').base64};
      return {text: textOf(await ask([{inlineData}, {text: asked.image.question}]))};
    },
    async PDF() {
      const inlineData = {mimeType: 'application/pdf', data: readAsked('PDF').base64};
      return {text: textOf(await ask([{inlineData}, {text: asked.PDF.question}]))};
    },
    async candidates() {
      const reply = await ask(asked.candidates, {candidateCount: 2});
      return {texts: reply.candidates.map(({content}) => content.parts[0].text)};
    },
    async logprobs() {
      const {question, top} = asked.logprobs;
      const reply = await ask(question, {responseLogprobs: true, logprobs: top});
      const {chosenCandidates, topCandidates} = reply.candidates[0].logprobsResult;
      return {
        tokens: chosenCandidates.map(({token}) => token),
        alternatives: topCandidates.map(({candidates}) => candidates.length),
      };
    },
    async 'token count'() {
      const {totalTokens} = await models().countTokens({model, contents: asked['token count']});
      return {tokens: totalTokens};
    },
    async embeddings() {
      const request = {model: asked.geminiEmbedding, contents: asked.embeddings};
      const {embeddings} = await models().embedContent(request);
      return seeVectors(embeddings.map(({values}) => values));
    },
    async models() {
      const names = [];
      for await (const {name} of await models().list()) names.push(name);
      const found = await models().get({model});
      return {listed: names.length > 0, found: found.name === `models/${model}`};
    },
    async upload() {
      const {path} = readAsked('PDF');
      const file = await files().upload({file: path, config: {mimeType: 'application/pdf'}});
      const fileData = {fileUri: file.uri, mimeType: file.mimeType};
      const reply = await ask([{fileData}, {text: asked.PDF.question}]);
      await files().delete({name: file.name});
      return {text: textOf(reply)};
    },
    'error shapes': () => seeError(() => ask(asked['error shapes'], {temperature: 9})),
    'a miss': () => seeError(() => ask(asked['a miss'])),
    failure: () => seeError(() => ask(asked.failure)),
    'failure in mid-stream': () => seeBrokenStream(onText => readAll(asked['failure in mid-stream'], onText)),
    'abort in mid-stream': () =>
      seeAbort((abortSignal, onText) => readAll(asked['abort in mid-stream'], onText, {abortSignal})),
  };
}

/** Embeddings in a form that is the same in all languages, which print numbers differently. */
export function seeVectors(vectors) {
  return {
    dimensions: vectors.map(({length}) => length),
    beginnings: vectors.map(vector => vector.slice(0, 3).map(value => Math.round(value * 10_000))),
  };
}
