;;; fimd-client.el --- The program behind fimd -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Where the program is, how it starts and comes back, and which text it
;; knows.  jsonrpc.el does the framing and the requests.

;;; Code:

(require 'cl-lib)

;; These take longer to load than all of fimd, so they wait until the program
;; starts, which is when Emacs has nothing else to do.
(declare-function jsonrpc-async-request "jsonrpc")
(declare-function jsonrpc-notify "jsonrpc")
(declare-function jsonrpc-running-p "jsonrpc")
(declare-function jsonrpc--process "jsonrpc")
(declare-function make-instance "eieio")
(declare-function url-hexify-string "url-util")
(defvar url-path-allowed-chars)

(defgroup fimd nil
  "Inline code completion from your own endpoint."
  :group 'convenience
  :prefix "fimd-")

(defcustom fimd-program nil
  "The program fimd; nil looks beside this package and in variable `exec-path'."
  :type '(choice (const :tag "Look for it" nil) file))

(defcustom fimd-settings nil
  "Settings of the program, such as (:endpoint \"https://...\").
docs/configuration.md lists the names.  Keep a token out of it: the
program also reads the environment variable FIMD_TOKEN."
  :type 'plist)

(defconst fimd-client--max-restarts 5
  "After so many ends within three minutes starting again mends nothing.")

(defconst fimd-client--first-delay 0.2
  "Seconds before the program is started again; then twice as many.")

(defconst fimd-client--folder
  (file-name-directory (or load-file-name buffer-file-name))
  "Where this package is.")

(defvar fimd-status '(:kind "stopped")
  "What the program said of itself: :kind, :message, :callsToday, :tokensToday.")

(defvar fimd-client-ready-functions nil
  "Called without arguments when the program is ready.")

(defvar fimd-client--connection nil)
(defvar fimd-client--ready nil)
(defvar fimd-client--given-up nil)
(defvar fimd-client--ends nil)
(defvar fimd-client--session 0
  "Counts connections: a buffer is open in the one that it was sent to.")

(defvar-local fimd-client--opened nil
  "The session that knows this buffer.")
(defvar-local fimd-client--version 0)
(defvar-local fimd-client--uri nil)
(defvar-local fimd-client--changes nil
  "Edits that the program does not know yet, the last first.")
(defvar-local fimd-client--before nil
  "Where the edit under way is: (BEG END START-POSITION END-POSITION).")

(defun fimd-client--set-status (status)
  "Take STATUS and show it."
  (setq fimd-status status)
  (force-mode-line-update t))

(defun fimd-client--find ()
  "The path of the program, or nil."
  (if fimd-program
      (executable-find fimd-program)
    (or (executable-find (expand-file-name "bin/fimd" fimd-client--folder))
        (executable-find "fimd"))))

;;; Life of the program

(defun fimd-client--notified (_connection method params)
  "Handle the notification METHOD with PARAMS."
  (pcase method
    ('fimd/status (fimd-client--set-status params))
    ('window/showMessage (message "fimd: %s" (plist-get params :message)))))

(defun fimd-client--ended (connection)
  "CONNECTION's program has ended: start another one, unless it was told to."
  (when (eq connection fimd-client--connection)
    (setq fimd-client--connection nil
          fimd-client--ready nil
          fimd-client--ends
          (cons (float-time)
                (cl-remove-if (lambda (time) (< time (- (float-time) 180)))
                              fimd-client--ends)))
    (let ((count (length fimd-client--ends)))
      (setq fimd-client--given-up (> count fimd-client--max-restarts))
      (if fimd-client--given-up
          (let ((said "ends again and again; M-x fimd-restart tries again"))
            (fimd-client--set-status (list :kind "error" :message said))
            (message "fimd: %s" said))
        (fimd-client--set-status '(:kind "error" :message "ended, starts again"))
        (run-at-time (* fimd-client--first-delay (expt 2 (1- count))) nil
                     #'fimd-client-start)))))

(defun fimd-client--initialize (connection)
  "Tell CONNECTION who we are."
  (jsonrpc-async-request
   connection :initialize
   (list :processId (emacs-pid)
         :clientInfo (list :name "Emacs" :version emacs-version)
         :rootUri (concat "file://" (expand-file-name default-directory))
         ;; Only with utf-32 are LSP's characters Emacs's.
         :capabilities '(:general (:positionEncodings ["utf-32"])
                         :textDocument (:inlineCompletion (:dynamicRegistration :json-false)))
         :initializationOptions (append '(:status t) fimd-settings))
   :success-fn (lambda (_)
                 (jsonrpc-notify connection :initialized (make-hash-table))
                 (setq fimd-client--ready t)
                 (fimd-client--set-status '(:kind "ready"))
                 (run-hooks 'fimd-client-ready-functions))
   :error-fn (lambda (fault) (message "fimd: %s" (plist-get fault :message)))
   :timeout nil))

(defun fimd-client--connect (program quiet)
  "Start PROGRAM; QUIET are the arguments that keep messages out of buffers."
  (apply #'make-instance
         'jsonrpc-process-connection
         :name "fimd"
         :notification-dispatcher #'fimd-client--notified
         :request-dispatcher #'ignore
         :on-shutdown #'fimd-client--ended
         :process (lambda ()
                    (make-process :name "fimd" :command (list program)
                                  :connection-type 'pipe :coding 'utf-8-emacs-unix
                                  :noquery t
                                  :stderr (get-buffer-create " *fimd log*")))
         quiet))

(defun fimd-client--launch (program)
  "Start PROGRAM."
  (require 'jsonrpc)
  (require 'url-util)
  (cl-incf fimd-client--session)
  (setq fimd-client--connection
        (condition-case nil
            (fimd-client--connect program '(:events-buffer-config (:size 0)))
          ;; Emacs 28 and 29 have another name for it, of which 30 warns.
          (invalid-slot-name
           (fimd-client--connect program '(:events-buffer-scrollback-size 0)))))
  (set-process-query-on-exit-flag (get-buffer-process " *fimd log*") nil)
  (fimd-client--initialize fimd-client--connection))

(defun fimd-client-start ()
  "Start the program, unless one is there or none can be."
  (unless (or fimd-client--connection fimd-client--given-up)
    (let ((program (fimd-client--find)))
      (if program
          (fimd-client--launch program)
        (setq fimd-client--given-up t)
        (fimd-client--set-status '(:kind "error" :message "no program"))
        (display-warning
         'fimd (concat "cannot find the program fimd.\nInstall it, or customize"
                       " `fimd-program'; then M-x fimd-restart."))))))

(defun fimd-client-start-soon ()
  "Start the program as soon as Emacs has nothing to do."
  (run-with-idle-timer 0 nil #'fimd-client-start))

(defun fimd-client-restart ()
  "End the program and start another one."
  (let ((old fimd-client--connection))
    (setq fimd-client--connection nil
          fimd-client--ready nil
          fimd-client--given-up nil
          fimd-client--ends nil)
    (when old
      (delete-process (jsonrpc--process old)))
    (fimd-client-start)))

;;; What it is told

(defun fimd-client-running-p ()
  "Return non-nil if there is a program that takes requests."
  (and fimd-client--ready (jsonrpc-running-p fimd-client--connection)))

(defun fimd-client-notify (method params)
  "Send the notification METHOD with PARAMS, if there is a program."
  (when (fimd-client-running-p)
    (jsonrpc-notify fimd-client--connection method params)))

(defun fimd-client-request (method params use)
  "Send the request METHOD with PARAMS and give the result to USE."
  (when (fimd-client-running-p)
    (jsonrpc-async-request
     fimd-client--connection method params
     :success-fn (lambda (result) (with-demoted-errors "fimd: %S" (funcall use result)))
     :error-fn #'ignore :timeout nil)))

(defun fimd-client-execute (command arguments &optional use)
  "Have the program execute COMMAND with ARGUMENTS; USE gets the result."
  (if (fimd-client-running-p)
      (fimd-client-request :workspace/executeCommand
                           (list :command command :arguments arguments)
                           (or use #'ignore))
    (message "fimd: not running")))

(defun fimd-client-configure (settings)
  "Change SETTINGS of the running program and of every later one."
  (cl-loop for (name value) on settings by #'cddr
           do (setq fimd-settings (plist-put (copy-sequence fimd-settings) name value)))
  (fimd-client-notify :workspace/didChangeConfiguration
                      (list :settings (list :fimd settings))))

;;; The text that it knows

(defun fimd-client-position (position)
  "POSITION as LSP has it."
  (save-restriction
    (widen)
    (save-excursion
      (goto-char position)
      (list :line (1- (line-number-at-pos position t))
            :character (- position (line-beginning-position))))))

(defun fimd-client--text ()
  "The whole text of the buffer."
  (save-restriction
    (widen)
    (buffer-substring-no-properties (point-min) (point-max))))

(defun fimd-client--language ()
  "LSP's name for the buffer's language."
  (let ((name (replace-regexp-in-string "\\(-ts\\)?-mode\\'" "" (symbol-name major-mode))))
    (or (cdr (assoc name '(("c++" . "cpp") ("js" . "javascript") ("sh" . "shellscript"))))
        name)))

(defun fimd-client-document ()
  "The buffer as LSP names it."
  (list :uri (or fimd-client--uri
                 (setq fimd-client--uri
                       (if buffer-file-name
                           (concat "file://" (url-hexify-string
                                              (file-local-name buffer-file-name)
                                              url-path-allowed-chars))
                         (concat "untitled:" (url-hexify-string (buffer-name))))))))

(defun fimd-client-before-change (beg end)
  "Remember where the edit from BEG to END is, while the old text is there."
  (setq fimd-client--before
        (and fimd-client--opened
             (list beg end (fimd-client-position beg) (fimd-client-position end)))))

(defun fimd-client-after-change (beg end length)
  "Note that the text from BEG to END has taken the place of LENGTH characters."
  (when fimd-client--opened
    (pcase fimd-client--before
      (`(,(pred (= beg)) ,(pred (= (+ beg length))) ,start ,stop)
       (push (list :range (list :start start :end stop)
                   :text (buffer-substring-no-properties beg end))
             fimd-client--changes))
      ;; Some commands announce more than they do: then all of it goes.
      (_ (fimd-client-send-whole)))
    (setq fimd-client--before nil)))

(defun fimd-client-send-whole ()
  "Have the whole text sent next time."
  (setq fimd-client--changes (list (list :text (fimd-client--text)))))

(defun fimd-client-flush ()
  "Bring the program up to date; open the buffer if it does not know it."
  (if (not (eql fimd-client--opened fimd-client--session))
      (progn
        (setq fimd-client--opened fimd-client--session
              fimd-client--changes nil)
        (fimd-client-notify
         :textDocument/didOpen
         (list :textDocument
               (append (fimd-client-document)
                       (list :languageId (fimd-client--language)
                             :version fimd-client--version
                             :text (fimd-client--text))))))
    (when fimd-client--changes
      (fimd-client-notify
       :textDocument/didChange
       (list :textDocument (append (fimd-client-document)
                                   (list :version (cl-incf fimd-client--version)))
             :contentChanges (vconcat (reverse fimd-client--changes))))
      (setq fimd-client--changes nil))))

(defun fimd-client-close ()
  "Let the program forget the buffer."
  (when (eql fimd-client--opened fimd-client--session)
    (fimd-client-notify :textDocument/didClose
                        (list :textDocument (fimd-client-document))))
  (setq fimd-client--opened nil))

(provide 'fimd-client)
;;; fimd-client.el ends here
