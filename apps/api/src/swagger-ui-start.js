// Runs in the browser, beside Swagger UI's own script.

/**
 * Swagger UI fills a form with made-up values ("string", 2147483647), and sends them: who only wants to try would run a job on them.
 * Fields that need not be filled in stay empty unless they have a default, and empty ones are not sent unless one says so.
 */
function emptyForms() {
  const isMadeUp = ({ schema, required, value, fn }) => {
    if (required || schema.get("default") !== undefined) return false;
    const sample = fn.getSampleSchema(schema, false, { includeWriteOnly: true });
    return String(value) === String(sample);
  };
  return {
    wrapComponents: {
      JsonSchemaForm: (Original, { React }) =>
        function Field(props) {
          const first = React.useRef(true);
          const value = first.current && props.dispatchInitialValue && isMadeUp(props) ? "" : props.value;
          first.current = false;
          return React.createElement(Original, { ...props, value });
        },
      ParameterIncludeEmpty: (Original, { React }) =>
        function IncludeEmpty(props) {
          const isIncludedOptions = { ...props.isIncludedOptions, defaultValue: false };
          return React.createElement(Original, { ...props, isIncludedOptions });
        },
    },
  };
}

/** What was typed into a form is shown as the inside of Swagger UI where the body becomes JSON: it begins anew from an example. */
function freshBodies() {
  const isForm = (type) => type === "application/x-www-form-urlencoded" || type === "multipart/form-data";
  return {
    statePlugins: {
      oas3: {
        wrapActions: {
          setRequestContentType: (original, system) => (change) => {
            const before = system.oas3Selectors.requestContentType(...change.pathMethod);
            const done = original(change);
            if (!(isForm(before) && isForm(change.value))) {
              system.oas3Actions.setRequestBodyValue({ value: undefined, pathMethod: change.pathMethod });
            }
            return done;
          },
        },
      },
    },
  };
}

SwaggerUIBundle({
  url: "swagger/json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  // Its badge would be loaded from swagger.io.
  validatorUrl: null,
  plugins: [emptyForms, freshBodies],
});
